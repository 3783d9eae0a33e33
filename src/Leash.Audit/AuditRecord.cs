namespace Leash.Audit;

/// <summary>
/// One operation and its verdict. Strings are expected to be constants or interned (they are kept by reference); spans are copied.
/// Bytes need not be valid UTF-8 and may hold anything: the log escapes them unambiguously.
/// </summary>
public readonly ref struct AuditRecord
{
    public AuditVerdict Verdict { get; init; }

    public AuditReason Reason { get; init; }

    /// <summary>The name of the Cedar action; null when no action covers the operation (a mount, a raw socket).</summary>
    public string? Action { get; init; }

    /// <summary>The system call, by name; null when it was none (a DNS query).</summary>
    public string? Syscall { get; init; }

    /// <summary>The determining policies' ids; empty when none.</summary>
    public ReadOnlySpan<string> Policies { get; init; }

    /// <summary>What it was about, as policies name it: the canonical path, <c>@name</c>, the host name, or the bare address.</summary>
    public ReadOnlySpan<byte> Resource { get; init; }

    /// <summary>The other end of a rename or link; else empty.</summary>
    public ReadOnlySpan<byte> SecondResource { get; init; }

    /// <summary>The address as text when <see cref="Resource"/> is a host name; else empty.</summary>
    public ReadOnlySpan<byte> Address { get; init; }

    /// <summary>1 to 65535, or 0 for none.</summary>
    public int Port { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, or null.</summary>
    public string? Protocol { get; init; }

    /// <summary>The executable of the process; empty when unknown.</summary>
    public ReadOnlySpan<byte> Exe { get; init; }

    /// <summary>Arguments of an exec, each ended by a NUL; else empty. Cut in the log beyond 4 KiB.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <summary>Thread group id in the supervisor's pid namespace; 0 when unknown.</summary>
    public int Pid { get; init; }

    /// <summary>Thread id in the supervisor's pid namespace; 0 when unknown.</summary>
    public int Tid { get; init; }

    /// <summary>The principal class that asked; -1 when unknown.</summary>
    public int Principal { get; init; }

    /// <summary>What the caller got: a positive errno, or 0.</summary>
    public int Errno { get; init; }

    /// <summary>One lower-case line for people, without a period; null when the rest says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>The number of an HTTP request or of a connection through the gateway, which its outcome repeats; 0 for what has none.</summary>
    public long Request { get; init; }

    /// <summary>The method of an HTTP request; null for anything else.</summary>
    public string? Method { get; init; }

    /// <summary>Path and query of an HTTP request, values of the query left out where they may be secret; null for anything else.</summary>
    public string? Target { get; init; }

    /// <summary>What became of a request or connection that was recorded before; null for operations.</summary>
    public AuditOutcome? Outcome { get; init; }

    /// <summary>When it happened, in UTC ticks; 0 for now. The log's order is that of its records' arrival.</summary>
    public long Time { get; init; }

    /// <summary>How many identical operations this stands for; 0 and 1 both mean one.</summary>
    public int Count { get; init; }
}

/// <summary>What became of an HTTP request or of a connection through the gateway.</summary>
/// <param name="Status">The status that the client saw; 0 for none.</param>
/// <param name="Sent">Bytes of content from the session.</param>
/// <param name="Received">Bytes of content to the session.</param>
/// <param name="Milliseconds">From the decision to the end.</param>
public sealed record AuditOutcome(int Status, long Sent, long Received, long Milliseconds);
