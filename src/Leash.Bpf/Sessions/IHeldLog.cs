using Leash.Audit;

namespace Leash.Bpf.Sessions;

/// <summary>A session's log, which its holder waits for before it lets events go.</summary>
internal interface IHeldLog : IAuditSink
{
    /// <summary>Returns when everything recorded is where the end of this process does not matter to it.</summary>
    void Flush();
}

/// <summary>A log that ends with this process, and its session with it: nothing has to be waited for.</summary>
internal sealed class SharedLog(IAuditSink log) : IHeldLog
{
    public void Record(in AuditRecord record) => log.Record(record);

    public void Flush()
    {
        // Whoever writes the log ends the session when it cannot.
    }
}

/// <summary>A log that this process writes.</summary>
internal sealed class HeldLog(AuditWriter writer) : IHeldLog
{
    public void Record(in AuditRecord record) => writer.Record(record);

    public void Flush()
    {
        writer.Flush();
        if (writer.HasFailed)
        {
            throw new IOException($"the log `{writer.Path}` cannot be written");
        }
    }
}
