using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Audit;
using Leash.Enforcement.Filter;
using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Sockets;
using Leash.Interop;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Enforcement.Tests.Sockets;

/// <summary>What a run printed, one operation a line, and what was recorded.</summary>
internal sealed record SocketRun(string[] Lines, string[] Records)
{
    public string this[string operation] => Lines.First(line => line.StartsWith(operation + "=", StringComparison.Ordinal))[(operation.Length + 1)..];
}

/// <summary>Runs socket operations of a real process under the real filter and supervisor.</summary>
internal sealed unsafe class SocketSession : IAuditSink
{
    private static readonly Lazy<string> Program = new(Compile);

    private readonly ConcurrentQueue<string> _records = [];

    public string Policy { get; init; } = "";

    public Func<IPAddress, ImmutableArray<string>> NamesFor { get; init; } = _ => [];

    public IPEndPoint? Resolver { get; init; }

    public bool Brokered { get; init; }

    public EnforcementMode Mode { get; init; }

    public static SocketRun Run(string policy, string operations) => new SocketSession { Policy = policy }.Run(operations);

    public SocketRun Run(string operations)
    {
        int* ends = stackalloc int[2];

        // SAFETY: two descriptors are written.
        Assert.True(Kernel.Call(SyscallNumber.socketpair, SocketConstants.AF_UNIX, SocketConstants.SOCK_SEQPACKET, 0, (nint)ends) == 0);
        Kernel.Call(SyscallNumber.fcntl, ends[0], 2, 1);
        ProcessStartInfo start = new("/bin/bash") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec 3<&{ends[1]}; exec \"$@\"");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(Program.Value);
        foreach (string word in operations.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            start.ArgumentList.Add(word);
        }

        using Process process = System.Diagnostics.Process.Start(start)!;
        Kernel.Close(ends[1]);
        using SeccompEnforcer enforcer = Supervise(process.Id, ends[0]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(60_000))
        {
            process.Kill();
            Assert.Fail("the operations did not end: " + string.Join(' ', _records));
        }

        Kernel.Close(ends[0]);
        Assert.Equal("", errors.Result);
        return new SocketRun(output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries), [.. _records]);
    }

    void IAuditSink.Record(in AuditRecord record)
    {
        StringBuilder text = new();
        text.Append(record.Verdict.Word()).Append(' ').Append(record.Action ?? "-").Append(' ').Append(Encoding.UTF8.GetString(record.Resource));
        if (!record.Address.IsEmpty)
        {
            text.Append('(').Append(Encoding.UTF8.GetString(record.Address)).Append(')');
        }

        if (record.Protocol is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $":{record.Port}/{record.Protocol}");
        }

        _records.Enqueue(text.Append(' ').Append(record.Reason.Word()).Append(record.Detail is null ? "" : " " + record.Detail).ToString());
    }

    private SeccompEnforcer Supervise(int pid, int control)
    {
        byte[] filter = FilterBuilder.Build(new FilterOptions { OwnPidNamespace = true, BrokeredSockets = Brokered });
        int listener = 0;
        fixed (byte* code = filter)
        {
            Assert.Equal(filter.Length, Kernel.Call(SyscallNumber.write, control, (nint)code, filter.Length));
            Assert.Equal(sizeof(int), Kernel.Call(SyscallNumber.read, control, (nint)(&listener), sizeof(int)));
        }

        int pidfd = SocketCalls.OpenProcess(pid);
        int notify = SocketCalls.GetFd(pidfd, listener);
        Kernel.Close(pidfd);
        Assert.True(notify > 0);
        SeccompEnforcer enforcer = SeccompEnforcer.Start(new EnforcerOptions
        {
            NotifyFd = notify,
            ChildPid = pid,
            Decider = new PlanDecider(CompilePolicy()),
            Audit = this,
            Mode = Mode,
            AgentCapabilities = ulong.MaxValue,
            Uid = (uint)Kernel.Call(SyscallNumber.getuid),
            Gid = (uint)Kernel.Call(SyscallNumber.getgid),
            OwnPidNamespace = true,
            BrokeredSockets = Brokered,
            RegisterSockets = SocketFamily.With(new SocketOptions { NamesFor = NamesFor, Resolver = Resolver }),
        });
        byte go = 1;
        Kernel.Call(SyscallNumber.write, control, (nint)(&go), 1);
        return enforcer;
    }

    private EnforcementPlan CompilePolicy()
    {
        CompileResult result = PolicyCompiler.Compile(
            [new PolicyDocument(PolicyDocument.UserLayer, "test.cedar", Policy)], new SessionFacts { Workspace = "/nonexistent", Home = "/nonexistent" });
        Assert.True(result.Plan is not null, string.Join('\n', result.Diagnostics));
        return result.Plan!;
    }

    private static string Compile()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Sockets", "socket-ops.c");
        string program = Path.Combine(Directory.CreateTempSubdirectory("leash-sockets-").FullName, "socket-ops");
        using Process compiler = System.Diagnostics.Process.Start(new ProcessStartInfo("gcc")
        {
            ArgumentList = { "-O1", "-pthread", "-o", program, source },
        })!;
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return program;
    }
}
