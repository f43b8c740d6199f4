package trent.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An error that is an answer: it has AWS's name and words, and no stack trace. */
public abstract class ServiceException extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    private final String code;
    private final int httpStatus;
    private final String textMember;

    /** {@code message} null: the reply holds nothing but the name. */
    protected ServiceException(
            String code, int httpStatus, String textMember, @Nullable String message) {
        super(message, null, false, false);
        this.code = code;
        this.httpStatus = httpStatus;
        this.textMember = textMember;
    }

    /** The name on the wire, such as {@code NotFoundException}. */
    public final String code() {
        return code;
    }

    public final int httpStatus() {
        return httpStatus;
    }

    /** True: the request is at fault; false: the server is. */
    public final boolean senderFault() {
        return httpStatus < 500;
    }

    /** The member that carries the text: {@code message}, or {@code Message} with a few errors. */
    public final String textMember() {
        return textMember;
    }

    /** AWS's words; null where AWS gives none. */
    @Override
    public final @Nullable String getMessage() {
        return super.getMessage();
    }

    /** Writes the reply's body. */
    public final void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("__type", code);
        String text = getMessage();
        if (text != null) {
            json.writeStringField(textMember, text);
        }
        json.writeEndObject();
    }
}
