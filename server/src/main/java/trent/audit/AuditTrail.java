package trent.audit;

import java.util.List;

/** Where audit records go. */
@FunctionalInterface
public interface AuditTrail {

    /** Takes one record; must neither wait nor throw. */
    void add(AuditRecord entry);

    /** A trail that hands each record to all of these. */
    static AuditTrail of(List<AuditTrail> trails) {
        return switch (trails.size()) {
            case 1 -> trails.getFirst();
            default -> entry -> trails.forEach(trail -> trail.add(entry));
        };
    }
}
