using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Init;
using Leash.Sessions.Native;

namespace Leash.Sessions.Probing;

/// <summary>Finds out what this machine can enforce by trying it, mostly in a throw-away leash-init.</summary>
internal static class MachineProbe
{
    private const string Files = "files, programs, processes, mounts; network with `bpf-cgroup`";

    /// <exception cref="SessionException">leash-init is missing or cannot be run.</exception>
    public static MachineReport Run()
    {
        Dictionary<string, long> outcomes = Ask();
        List<ProbeResult> results = [.. ProbeRow.All.Select(row => Judge(row, outcomes))];
        results.Add(Landlock(outcomes.GetValueOrDefault("landlock_abi")));
        results.Add(Cgroup());
        if (ProbeRow.ReadNumber("/proc/sys/kernel/yama/ptrace_scope") is { } scope)
        {
            results.Add(new("yama", "Yama's limit on tracing", scope < 3, ProbeWeight.Optional,
                string.Create(CultureInfo.InvariantCulture, $"ptrace_scope is {scope}"), scope < 3 ? null : "it can only be lowered by a reboot"));
        }

        return new MachineReport(RuntimeInformation.OSDescription, Enforcers(results), results);
    }

    private static List<EnforcerStatus> Enforcers(List<ProbeResult> results)
    {
        List<string> missing = [.. results.Where(r => !r.Works && r.Weight == ProbeWeight.Required).Select(r => r.Title)];
        IReadOnlyList<ProgramComponent> lsm = [ProgramComponent.Files(HookKind.Lsm)];
        IReadOnlyList<ProgramComponent> modifyReturn = [ProgramComponent.Files(HookKind.ModifyReturn)];
        return
        [
            new("seccomp", missing.Count == 0, missing.Count == 0
                ? "files, programs, network, processes, mounts"
                : "missing: " + string.Join(", ", missing)),
            InKernel("bpf-lsm", KernelSupport.TryLoading(lsm), Files),
            InKernel("bpf-modify-return", KernelSupport.TryLoading(modifyReturn), Files),
            InKernel("bpf-cgroup", KernelSupport.TryLoading([ProgramComponent.Network]), "network; files with `seccomp`"),
        ];
    }

    private static EnforcerStatus InKernel(string name, EnforcerTrial trial, string governs) =>
        new(name, trial.Works, trial.Works ? governs : trial.Reason, trial.Help);

    private static ProbeResult Judge(ProbeRow row, Dictionary<string, long> outcomes)
    {
        if (!outcomes.TryGetValue(row.Id, out long errno))
        {
            return new(row.Id, row.Title, false, row.Weight, "could not be tried", row.Help);
        }

        string detail = errno == 0 ? "works" : Marshal.GetPInvokeErrorMessage((int)errno);
        if (errno != 0 && outcomes.TryGetValue(row.Id + "_step", out long step) && step > 0)
        {
            detail = $"cannot {InitFailure.Operation((InitStep)step)}: {detail}";
        }

        string? help = row.Id == "user_namespaces" ? ProbeRow.NamespaceHelp(File.Exists("/.dockerenv")) : row.Help;
        return new(row.Id, row.Title, errno == 0, row.Weight, detail, errno == 0 ? null : help);
    }

    private static ProbeResult Landlock(long abi) => abi > 0
        ? new("landlock", "Landlock floor", true, ProbeWeight.Recommended, string.Create(CultureInfo.InvariantCulture, $"abi {abi}"), null)
        : new("landlock", "Landlock floor", false, ProbeWeight.Recommended, "not in this kernel", "needs Linux 5.13 with landlock among `lsm=`");

    private static ProbeResult Cgroup()
    {
        using SessionCgroup? cgroup = SessionCgroup.TryCreate("probe");
        return cgroup is null
            ? new("cgroup", "a cgroup for each session", false, ProbeWeight.Optional,
                "cannot be created here", "run as root, or under `systemd-run --user --scope -p Delegate=yes`")
            : new("cgroup", "a cgroup for each session", true, ProbeWeight.Optional, "works", null);
    }

    private static Dictionary<string, long> Ask()
    {
        int error = Descriptors.CreatePipe(out int reader, out int writer);
        int pid = error < 0 ? error : ChildProcess.Spawn(InitProcess.ProgramPath, ["leash-init", "--probe"], writer, number: 1);
        Kernel.Close(writer);
        if (pid < 0)
        {
            Kernel.Close(reader);
            throw SessionException.System($"start `{InitProcess.ProgramPath}`", -pid, "leash is not installed completely; build or install it again");
        }

        string output = Encoding.ASCII.GetString(Descriptors.ReadToEnd(reader));
        Kernel.Close(reader);
        ChildProcess.Wait(pid, block: true, out _);
        return Parse(output);
    }

    internal static Dictionary<string, long> Parse(string output)
    {
        Dictionary<string, long> outcomes = new(StringComparer.Ordinal);
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && long.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out long value))
            {
                outcomes[line[..space]] = value;
            }
        }

        return outcomes;
    }
}
