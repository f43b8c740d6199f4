package trent.identity;

import trent.language.Policy;

/**
 * A policy of a user, group, role or session.
 *
 * @param name for people to read: its ARN, or for example {@code inline policy p of group g}
 */
public record IdentityPolicy(String name, Policy policy) {}
