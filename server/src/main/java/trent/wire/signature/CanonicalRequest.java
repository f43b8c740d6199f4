package trent.wire.signature;

/**
 * What a signature covers, in the one form that both sides compute it from. Source: AWS IAM User
 * Guide, "Create a signed AWS API request", step 1.
 *
 * @param path normalized and encoded
 * @param query sorted and encoded, without the signature itself
 */
record CanonicalRequest(
        String method, String path, String query, Headers headers, SignedHeaders signed) {

    /** Writes the request, with the hash of its body as it was received. */
    void writeTo(Bytes out, byte[] bodyHash) {
        out.append(method).append('\n');
        out.append(path).append('\n');
        out.append(query).append('\n');
        for (String name : signed.names()) {
            out.append(name).append(':');
            headers.writeCanonical(name, out);
            out.append('\n');
        }
        out.append('\n');
        signed.writeTo(out);
        out.append('\n');
        out.appendHex(bodyHash);
    }

    @Override
    public String toString() {
        return method + " " + path; // a header may hold a session token
    }
}
