package trent.generator;

/** A service of which sources are made: {@code facts} is the file beside this class. */
record Service(
        String modelFile,
        String facts,
        String javaPackage,
        String operationType,
        String errorType) {

    static final Service KMS =
            new Service(
                    "kms-2014-11-01.json",
                    "recorded.json",
                    "trent.api",
                    "KmsOperation",
                    "KmsErrors");

    static final Service IAM =
            new Service(
                    "iam-2010-05-08.json",
                    "iam.json",
                    "trent.api.iam",
                    "IamOperation",
                    "IamErrors");

    static final Service STS =
            new Service(
                    "sts-2011-06-15.json",
                    "sts.json",
                    "trent.api.sts",
                    "StsOperation",
                    "StsErrors");

    enum Protocol {
        JSON,
        QUERY
    }
}
