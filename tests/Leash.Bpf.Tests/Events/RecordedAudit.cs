using System.Text;
using Leash.Audit;

namespace Leash.Bpf.Tests.Events;

/// <summary>Keeps what was recorded, as lines.</summary>
internal sealed class RecordedAudit : IAuditSink
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Record(in AuditRecord record)
    {
        string text = string.Join(' ', new[]
        {
            record.Verdict.Word(), record.Reason.Word(), record.Action ?? "-", record.Syscall ?? "-",
            string.Join(',', record.Policies.ToArray()), Text(record.Resource), Text(record.SecondResource), Text(record.Address),
            record.Port == 0 ? "" : $"{record.Port}/{record.Protocol}", record.Exe.IsEmpty ? "" : "by=" + Text(record.Exe),
            record.Arguments.IsEmpty ? "" : "args=" + Text(record.Arguments).Replace('\0', ','), record.Count > 1 ? $"x{record.Count}" : "",
            record.Detail is null ? "" : $"({record.Detail})",
        }.Where(part => part.Length > 0));
        lock (_gate)
        {
            _lines.Add(text);
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
