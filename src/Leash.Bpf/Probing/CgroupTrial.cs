using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;
using static Leash.Bpf.Probing.Instructions;

namespace Leash.Bpf.Probing;

/// <summary>Whether a program attaches to a cgroup of our own, made for it.</summary>
internal static class CgroupTrial
{
    public const string Title = "programs on a cgroup's sockets";

    public static BpfFeature Try()
    {
        if (CgroupId.FindMount() is not { } mount)
        {
            return new("bpf_cgroup", Title, false, "there are no cgroups of version 2");
        }

        string path = Path.Combine(mount, $"leash-probe-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(path);
            return Attach(path);
        }
        catch (LibbpfException e)
        {
            return new("bpf_cgroup", Title, false, e.Message.Split('\n')[0], Refusals.Help(e.Errno));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new("bpf_cgroup", Title, false, $"no cgroup can be made: {e.Message}", "mount the hierarchy writable");
        }
        finally
        {
            Remove(path);
        }
    }

    private static BpfFeature Attach(string path)
    {
        int directory = Descriptors.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        try
        {
            // Allows; there is no process to allow anything to.
            using BpfProgram program = BpfProgram.Load(
                "leash_probe", BpfProgramType.BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BpfAttachType.BPF_CGROUP_INET4_CONNECT, 0, [Set(R0, 1), Exit]);
            using BpfLink link = program.AttachToCgroup(directory, path);
            return new("bpf_cgroup", Title, true, "works");
        }
        finally
        {
            Kernel.Close(directory);
        }
    }

    private static void Remove(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made.
        }
    }
}
