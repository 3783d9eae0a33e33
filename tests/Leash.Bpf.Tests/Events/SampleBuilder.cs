using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Bpf.Events;
using Leash.Plan;

namespace Leash.Bpf.Tests.Events;

/// <summary>Samples as the kernel programs lay them out.</summary>
internal sealed record SampleBuilder
{
    public EventKind Kind { get; init; } = EventKind.Path;

    public EventVerdict Verdict { get; init; }

    public EventReason Reason { get; init; } = EventReason.NoPermit;

    public PlanActionMask Actions { get; init; } = PlanActionMask.FileOpenReadOnly;

    public ulong Generation { get; init; } = 1;

    public ulong ExecId { get; init; }

    public ulong ParentExecId { get; init; }

    public string Path { get; init; } = "";

    public string Second { get; init; } = "";

    public string Arguments { get; init; } = "";

    public IPEndPoint? EndPoint { get; init; }

    public byte Protocol { get; init; } = 6;

    public uint Count { get; init; } = 1;

    public int Syscall { get; init; } = -1;

    /// <summary>The sample, in memory aligned as a ring's.</summary>
    public byte[] Build(int spare = 0)
    {
        byte[] path = Encoding.UTF8.GetBytes(Path);
        byte[] second = Encoding.UTF8.GetBytes(Second);
        byte[] arguments = Encoding.UTF8.GetBytes(Arguments);
        byte[]? address = EndPoint?.Address.GetAddressBytes();
        LeashEvent fields = new()
        {
            kind = Kind,
            verdict = Verdict,
            reason = Reason,
            actions = (uint)Actions,
            generation = Generation,
            exec_id = ExecId,
            parent_exec_id = ParentExecId,
            pid = 10,
            tid = 11,
            principal = 0,
            syscall = Syscall,
            error = Verdict == EventVerdict.Deny ? 13 : 0,
            count = Count,
            path_length = (ushort)path.Length,
            second_length = (ushort)second.Length,
            arguments_length = (uint)arguments.Length,
            family = (ushort)(EndPoint is null ? 0 : EndPoint.AddressFamily == AddressFamily.InterNetwork ? 2 : 10),
            port = (ushort)(EndPoint?.Port ?? 0),
            protocol = Protocol,
            address_length = (byte)(address?.Length ?? 0),
        };
        address?.CopyTo(fields.address);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<LeashEvent>(in fields)), .. path, .. second, .. arguments, .. new byte[spare]];
    }
}
