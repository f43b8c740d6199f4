package trent.call;

/**
 * One operation of the service: the checks and the effect that AWS documents under its name.
 *
 * @param <I> the validated input
 * @param <O> the answer
 */
@FunctionalInterface
public interface Operation<I, O> {

    /**
     * Answers the call, or throws the {@link trent.api.ServiceException} that is the
     * answer and changes nothing.
     */
    O answer(Call call, I request);
}
