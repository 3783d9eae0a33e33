using System.Diagnostics;
using Leash.Bpf.Abi;
using Leash.Bpf.Probing;
using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Libbpf;

/// <summary>The hooks on files, loaded and pinned. Where the kernel refuses such programs, what is chosen of them is still compared.</summary>
public class HookPinsTests
{
    [Theory]
    [InlineData(HookKind.Lsm)]
    [InlineData(HookKind.ModifyReturn)]
    internal void Selection_AimsEveryRequiredProgram(HookKind kind)
    {
        ProgramComponent component = ProgramComponent.Files(kind);
        using OpenedBpfObject opened = component.OpenForLoad();

        OpenedProgram[] chosen = [.. opened.Programs.Where(p => p.IsLoadedWithObject)];

        Assert.Subset(chosen.Select(p => p.Name).ToHashSet(), component.Required(opened).ToHashSet());
        Assert.DoesNotContain(chosen, p => kind == HookKind.ModifyReturn && p.Type == BpfProgramType.BPF_PROG_TYPE_LSM);
    }

    [Theory]
    [InlineData(HookKind.Lsm)]
    [InlineData(HookKind.ModifyReturn)]
    internal void PinnedHooks_GoOnDecidingWithoutTheirLoader_AndEndWithTheSession(HookKind kind)
    {
        if (BpfProbe.Missing(kind) is { } missing)
        {
            Assert.Skip($"{missing.Title}: {missing.Detail}");
        }

        string name = $"leash-test-{Guid.NewGuid():N}";
        using TemporaryCgroup cgroup = new();
        using (var loader = BpfPrograms.Start([ProgramComponent.Files(kind)], name))
        using (var session = loader.CreateSession(cgroup.Descriptor, 65536))
        {
            // Without a plan everything is denied.
            session.Register(new LeashSession { flags = SessionFlags.Files }, cgroup.Descriptor);
            Assert.Equal("", ReadInside(cgroup));
        }

        Assert.Equal("", ReadInside(cgroup));
        using (var adopter = BpfPrograms.Start([ProgramComponent.Files(kind)], name))
        using (var session = adopter.AdoptSession(Assert.Single(adopter.ListSessions())))
        {
            Assert.Equal("", ReadInside(cgroup));
            session.End();
            Assert.False(Directory.Exists(adopter.Directory));
        }

        Assert.Equal("read", ReadInside(cgroup));
    }

    private static string ReadInside(TemporaryCgroup cgroup)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", $"echo 0 > {cgroup.Path}/cgroup.procs; read x < /proc/version && echo read"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process shell = Process.Start(start)!;
        string output = shell.StandardOutput.ReadToEnd().Trim();
        shell.WaitForExit();
        return output;
    }
}
