package trent.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as the request says it: nothing here is verified. Asked only by who needs it,
 * while the record is added.
 */
public interface Sender {

    /** The address of who sent it, without port. */
    String sourceIp();

    /** The program that it says to be; null if it says nothing. Any length, any characters. */
    @Nullable String userAgent();

    /** The access key id that its signature names; null if it names none. Any length, any characters. */
    @Nullable String accessKeyId();

    /** The length of its body. */
    int bodyBytes();
}
