package trent.generator;

/** A service of which sources are made: {@code facts} is the file beside this class. */
record Service(String modelFile, String facts, String javaPackage, String operationType) {

    static final Service KMS =
            new Service("kms-2014-11-01.json", "recorded.json", "trent.api", "KmsOperation");

    static final Service IAM =
            new Service("iam-2010-05-08.json", "iam.json", "trent.api.iam", "IamOperation");

    static final Service STS =
            new Service("sts-2011-06-15.json", "sts.json", "trent.api.sts", "StsOperation");

    enum Protocol {
        JSON,
        QUERY
    }
}
