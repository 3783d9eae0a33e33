namespace Leash.Audit;

/// <summary>Takes records of what a session did and what was decided about it.</summary>
public interface IAuditSink
{
    /// <summary>
    /// Records one operation. Copies everything before it returns, allocates nothing in steady state, and may be called from any thread.
    /// When the log cannot keep up, a record of an allowed operation may be dropped and counted in the log; any other record waits.
    /// </summary>
    void Record(in AuditRecord record);
}
