using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Leash.Audit;
using Leash.Enforcement.Filter;
using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Sockets;
using Leash.Interop;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Enforcement.Tests.Harness;

/// <summary>What a command did under the supervisor.</summary>
internal sealed record RunResult(int ExitCode, string Output, string Errors, IReadOnlyList<string> Records)
{
    /// <summary>Records that are not of allowed operations.</summary>
    public IEnumerable<string> Denials => Records.Where(record => !record.StartsWith("allow ", StringComparison.Ordinal));
}

/// <summary>Runs real commands under the real filter and supervisor, with a policy from Cedar text and no session around them.</summary>
internal sealed unsafe class SupervisedRun : IAuditSink
{
    private static readonly Lazy<string> Launcher = new(() => NativeProgram.Compile("launcher.c"));
    private readonly ConcurrentQueue<string> _records = [];

    public required string Policy { get; init; }

    public string Workspace { get; init; } = "/workspace";

    public EnforcementMode Mode { get; init; }

    public bool HasPidNamespace { get; init; } = true;

    public bool PassesOutput { get; init; }

    /// <summary>The filter of sessions whose operations are decided in the kernel: here nobody decides them.</summary>
    public bool OnlyRefuses { get; init; }

    /// <summary>Records fail, as on a full disk; that leash was told is in <see cref="RunResult.Records"/>.</summary>
    public bool CannotRecord { get; init; }

    public IReadOnlyList<string> ProtectedPaths { get; init; } = [];

    /// <summary>Called with the enforcer before the command's first instruction.</summary>
    public Action<SeccompEnforcer, Process>? OnStart { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public string? Directory { get; init; }

    public RunResult Run(params string[] command)
    {
        int* ends = stackalloc int[2];

        // SAFETY: two descriptors are written. AF_UNIX, SOCK_SEQPACKET.
        Assert.Equal(0, Kernel.Call(SyscallNumber.socketpair, 1, 5, 0, (nint)ends));
        Kernel.Call(SyscallNumber.fcntl, ends[0], 2, 1);
        ProcessStartInfo start = new(Launcher.Value)
        {
            UseShellExecute = false,
            RedirectStandardOutput = !PassesOutput,
            RedirectStandardError = !PassesOutput,
            WorkingDirectory = Directory ?? "/",
        };
        string[] words = [HasPidNamespace ? "ns" : "plain", ends[1].ToString(CultureInfo.InvariantCulture), .. command];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        Kernel.Close(ends[1]);
        using IDisposable enforcer = Enforce(process, ends[0]);
        byte go = 1;
        Kernel.Call(SyscallNumber.write, ends[0], (nint)(&go), 1);
        Task<string> errors = PassesOutput ? Task.FromResult("") : process.StandardError.ReadToEndAsync();
        Task<string> output = PassesOutput ? Task.FromResult("") : process.StandardOutput.ReadToEndAsync();
        bool hasEnded = process.WaitForExit(Timeout);
        if (!hasEnded)
        {
            process.Kill(entireProcessTree: true);
        }

        Kernel.Close(ends[0]);
        Assert.True(hasEnded, "the command did not end:\n" + string.Join('\n', _records.TakeLast(20)));
        return new RunResult(process.ExitCode, output.Result, errors.Result, [.. _records]);
    }

    public static EnforcementPlan Compile(string policy, string workspace)
    {
        SessionFacts facts = new() { Workspace = workspace, Home = "/root" };
        CompileResult result = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.UserLayer, "test.cedar", policy)], facts);
        return result.Plan ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.Message)));
    }

    void IAuditSink.Record(in AuditRecord record)
    {
        if (CannotRecord)
        {
            throw new IOException("no space");
        }

        StringBuilder text = new();
        text.Append(record.Verdict.Word()).Append(' ').Append(record.Action ?? record.Syscall).Append(' ');
        text.Append(Encoding.UTF8.GetString(record.Resource));
        if (!record.SecondResource.IsEmpty)
        {
            text.Append(" -> ").Append(Encoding.UTF8.GetString(record.SecondResource));
        }

        if (record.Verdict != AuditVerdict.Allow)
        {
            text.Append(' ').Append(record.Reason.Word());
            text.Append(record.Detail is null ? "" : " " + record.Detail);
        }

        _records.Enqueue(text.ToString());
    }

    private IDisposable Enforce(Process process, int control)
    {
        int child = Install(
            OnlyRefuses ? FilterBuilder.BuildForHooks() : FilterBuilder.Build(new FilterOptions { OwnPidNamespace = HasPidNamespace }),
            process, control, out int notify);
        if (OnlyRefuses)
        {
            return new RefusalListener(notify, this, failure => _records.Enqueue("failure " + failure));
        }

        SeccompEnforcer enforcer = Supervise(child, notify);
        OnStart?.Invoke(enforcer, process);
        return enforcer;
    }

    private static int Install(byte[] filter, Process launcher, int control, out int notify)
    {
        int listener = -1;

        // SAFETY: whole arrays and one int.
        fixed (byte* code = filter)
        {
            Assert.Equal(filter.Length, Kernel.Call(SyscallNumber.write, control, (nint)code, filter.Length));
            Assert.Equal(sizeof(int), Kernel.Call(SyscallNumber.read, control, (nint)(&listener), sizeof(int)));
        }

        int child = LastDescendant(launcher.Id);
        int pidfd = (int)Kernel.Call(SyscallNumber.pidfd_open, child, 0);
        notify = (int)Kernel.Call(SyscallNumber.pidfd_getfd, pidfd, listener, 0);
        Kernel.Close(pidfd);
        Assert.True(notify > 0);
        return child;
    }

    private SeccompEnforcer Supervise(int child, int notify) => SeccompEnforcer.Start(new EnforcerOptions
    {
        NotifyFd = notify,
        ChildPid = child,
        Decider = new PlanDecider(Compile(Policy, Workspace)),
        Audit = this,
        Mode = Mode,
        AgentCapabilities = 0xa80425fb,
        Uid = (uint)Kernel.Call(SyscallNumber.getuid),
        Gid = (uint)Kernel.Call(SyscallNumber.getgid),
        OwnPidNamespace = HasPidNamespace,
        ProtectedPaths = ProtectedPaths,
        RegisterSockets = SocketFamily.With(new SocketOptions { NamesFor = _ => [] }),
    });

    private static int LastDescendant(int pid)
    {
        while (true)
        {
            string children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children")).Trim();
            if (children.Length == 0)
            {
                return pid;
            }

            pid = int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }
}
