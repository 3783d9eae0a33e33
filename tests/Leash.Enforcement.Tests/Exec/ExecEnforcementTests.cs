using Leash.Enforcement.Tests.Harness;

namespace Leash.Enforcement.Tests.Exec;

public sealed class ExecEnforcementTests
{
    private const string ReadAll = """permit (principal, action == Action::"FileOpenReadOnly", resource);""";

    [Fact]
    public void Exec_DependsOnPath()
    {
        using Probe probe = new("x") { Policy = """permit (principal, action == Action::"ProcessExec", resource == File::"/usr/bin/true");""" };
        Assert.Equal(["0", "EACCES"], probe.RunAll("exec /usr/bin/true", "exec /usr/bin/false"));
        Assert.Contains(probe.Last!.Denials, record => record.Contains("deny ProcessExec /usr/bin/false no_permit", StringComparison.Ordinal));
    }

    [Fact]
    public void Script_NeedsItselfAndItsInterpreter()
    {
        string shell = File.ResolveLinkTarget("/bin/sh", returnFinalTarget: true)?.FullName ?? "/bin/sh";
        shell = shell.StartsWith("/bin/", StringComparison.Ordinal) ? "/usr" + shell : shell;
        using Probe probe = new("ok/s", "no/s")
        {
            Policy = ReadAll + $$"""
                permit (principal, action == Action::"ProcessExec", resource in Dir::"${workspace}/ok");
                permit (principal, action == Action::"ProcessExec", resource == File::"{{shell}}");
                permit (principal, action == Action::"ProcessExec", resource in Dir::"${workspace}/cat");
                """,
        };
        WriteScript(probe.At("ok/s"), "#!/bin/sh\nexit 0\n");
        WriteScript(probe.At("no/s"), "#!/bin/sh\nexit 0\n");
        WriteScript(probe.At("ok/other"), "#!/usr/bin/env sh\nexit 0\n");
        Assert.Equal(["0", "EACCES", "EACCES"], probe.RunAll("exec @ok/s", "exec @no/s", "exec @ok/other"));
    }

    [Theory]
    [InlineData("copied binary", "exec @copy")]
    [InlineData("linked binary", "exec @link")]
    [InlineData("dynamic loader", "exec /lib64/ld-linux-x86-64.so.2 /usr/bin/true")]
    [InlineData("memory file", "memfd /usr/bin/true")]
    public void Exec_ByAnotherWay_IsDenied(string label, string operation)
    {
        using Probe probe = new("x") { Policy = ReadAll + """permit (principal, action == Action::"ProcessExec", resource == File::"/usr/bin/true");""" };
        File.Copy("/usr/bin/true", probe.At("copy"));
        File.CreateSymbolicLink(probe.At("link"), "/usr/bin/false");
        Assert.True(probe.Run(operation) == "EACCES", label);
    }

    [Fact]
    public void Errors_AreLinuxs()
    {
        using Probe probe = new("plain") { Policy = """permit (principal, action, resource);""" };
        Assert.Equal(
            ["ENOENT", "EACCES", "EACCES", "ENOTDIR"],
            probe.RunAll("exec @none", "exec @plain", "exec @", "exec @plain/x"));
    }

    [Fact]
    public void Principal_MovesWithExecAndIsInherited()
    {
        using Probe probe = new("secret")
        {
            Policy = """
                permit (principal, action == Action::"ProcessExec", resource in Dir::"/usr/bin");
                permit (principal in Exe::"/usr/bin/env", action == Action::"FileOpenReadOnly", resource in Dir::"${workspace}");
                permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"/usr");
                """,
        };
        RunResult direct = Run(probe, "/usr/bin/cat", probe.At("secret"));
        RunResult through = Run(probe, "/usr/bin/env", "/usr/bin/cat", probe.At("secret"));
        Assert.NotEqual(0, direct.ExitCode);
        Assert.True(through.ExitCode == 0, through.Errors);
        Assert.Equal("content", through.Output);
    }

    [Fact]
    public void Arguments_AreDecidedAndComparedAfterwards()
    {
        using Probe probe = new("x")
        {
            Policy = """
                permit (principal, action == Action::"ProcessExec", resource == File::"/usr/bin/test");
                forbid (principal, action == Action::"ProcessExec", resource == File::"/usr/bin/test") when { context.args.contains("--bad") };
                """,
        };
        Assert.Equal(["0", "EACCES"], probe.RunAll("exec /usr/bin/test --good", "exec /usr/bin/test --bad"));
    }

    [Theory]
    [InlineData("unshare", "EPERM")]
    [InlineData("clonenew", "EPERM")]
    [InlineData("clone3", "ENOSYS")]
    [InlineData("io_uring", "ENOSYS")]
    [InlineData("mount @", "EPERM")]
    [InlineData("chroot @", "EPERM")]
    [InlineData("bpf", "EPERM")]
    [InlineData("keyctl", "EPERM")]
    [InlineData("userfaultfd", "EPERM")]
    [InlineData("handle", "EPERM")]
    [InlineData("newer", "ENOSYS")]
    [InlineData("int80", "ENOSYS")]
    [InlineData("x32", "ENOSYS")]
    [InlineData("rttime", "EPERM")]
    [InlineData("nofile", "0")]
    [InlineData("dumpable", "0")]
    [InlineData("tiocsti", "EPERM")]
    [InlineData("raw", "EPERM")]
    public void Privileged_IsRefusedUnderAnyPolicy(string operation, string expected)
    {
        using Probe probe = new("x") { Policy = "permit (principal, action, resource);" };
        Assert.Equal(expected, probe.Run(operation));
    }

    [Fact]
    public void SharedPidNamespace_SignalsStayInside()
    {
        using Probe probe = new("x") { Policy = "permit (principal, action, resource);", HasPidNamespace = false };
        Assert.Equal(["EPERM", "EPERM"], probe.RunAll($"kill {Environment.ProcessId}", "kill -1"));
        SupervisedRun own = new() { Policy = probe.Policy, HasPidNamespace = false };
        Assert.Equal(0, own.Run("/bin/bash", "-c", "sleep 9 & kill -0 $$ && kill $! && ! wait $!").ExitCode);
    }

    [Fact]
    public void SharedPidNamespace_OthersProcfsIsDenied()
    {
        using Probe probe = new("x") { Policy = "permit (principal, action, resource);", HasPidNamespace = false };
        string[] results = probe.RunAll(
            $"open /proc/{Environment.ProcessId}/environ r", $"open /proc/{Environment.ProcessId}/mem +", "open /proc/self/environ r",
            "vmread", "ptrace");
        Assert.Equal(["EACCES", "EACCES", "0", "ESRCH", "ESRCH"], results);
    }

    private static RunResult Run(Probe probe, params string[] command) =>
        new SupervisedRun { Policy = probe.Policy, Workspace = probe.Workspace, Directory = probe.Workspace }.Run(command);

    private static void WriteScript(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
