using Leash.Bpf.Programs;

namespace Leash.Sessions.Enforcers;

/// <summary>Chooses what enforces a session: the best that works, or what was asked for by name.</summary>
internal static class EnforcerSelection
{
    public const string Auto = "auto";
    public const string Seccomp = "seccomp";
    public const string BpfLsm = "bpf-lsm";
    public const string BpfModifyReturn = "bpf-modify-return";
    public const string BpfCgroup = "bpf-cgroup";

    // Best first.
    private static readonly FileEnforcer[] _inKernel = [FileEnforcer.BpfLsm, FileEnforcer.BpfModifyReturn];

    /// <summary>The names that <c>--enforcer</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, Seccomp, BpfLsm, BpfModifyReturn, BpfCgroup];

    /// <summary>The ways of attaching to the kernel's hooks that a name asks for, the best first.</summary>
    public static IReadOnlyList<HookKind> HooksOf(string requested) => requested switch
    {
        Auto => [HookKind.Lsm, HookKind.ModifyReturn],
        BpfLsm => [HookKind.Lsm],
        BpfModifyReturn => [HookKind.ModifyReturn],
        _ => [],
    };

    /// <exception cref="SessionException">What was asked for by name cannot be had.</exception>
    public static EnforcerChoice Choose(string requested, IEnforcerTrials trials) => requested switch
    {
        Auto => Best(trials),
        Seccomp => new EnforcerChoice(new EnforcerSet(FileEnforcer.Seccomp, NetworkEnforcer.Seccomp), []),
        BpfCgroup => Forced(requested, FileEnforcer.Seccomp, trials.TryNetwork()),
        BpfLsm => Forced(requested, FileEnforcer.BpfLsm, trials.TryFiles(FileEnforcer.BpfLsm)),
        BpfModifyReturn => Forced(requested, FileEnforcer.BpfModifyReturn, trials.TryFiles(FileEnforcer.BpfModifyReturn)),
        _ => throw new SessionException($"unknown enforcer `{requested}`", $"there are: {string.Join(", ", Names)}"),
    };

    private static EnforcerChoice Best(IEnforcerTrials trials)
    {
        List<EnforcerRefusal> refusals = [];
        foreach (FileEnforcer files in _inKernel)
        {
            if (Try(EnforcerSet.NameOf(files), trials.TryFiles(files), refusals))
            {
                return new EnforcerChoice(new EnforcerSet(files, NetworkEnforcer.BpfCgroup), refusals);
            }
        }

        NetworkEnforcer network = Try(BpfCgroup, trials.TryNetwork(), refusals) ? NetworkEnforcer.BpfCgroup : NetworkEnforcer.Seccomp;
        return new EnforcerChoice(new EnforcerSet(FileEnforcer.Seccomp, network), refusals);
    }

    private static bool Try(string name, EnforcerTrial trial, List<EnforcerRefusal> refusals)
    {
        if (!trial.Works)
        {
            refusals.Add(new EnforcerRefusal(name, trial));
        }

        return trial.Works;
    }

    private static EnforcerChoice Forced(string requested, FileEnforcer files, EnforcerTrial trial)
    {
        if (!trial.Works)
        {
            string statements = string.Concat(trial.Statements.Select(statement => $"\n  {statement}"));
            throw new SessionException(
                $"the enforcer `{requested}` cannot be had: {trial.Reason}{statements}",
                trial.Help ?? "leave `--enforcer` out to have the best that this machine has; `leash doctor` says why");
        }

        return new EnforcerChoice(new EnforcerSet(files, NetworkEnforcer.BpfCgroup), []);
    }
}

/// <summary>What a session gets, and what it did not get.</summary>
/// <param name="Set">The enforcers.</param>
/// <param name="Refusals">Better ones that were tried, the best first.</param>
internal sealed record EnforcerChoice(EnforcerSet Set, IReadOnlyList<EnforcerRefusal> Refusals)
{
    /// <summary>Better enforcers that the machine has and the policy kept from being used.</summary>
    public IEnumerable<EnforcerRefusal> ByPolicy => Refusals.Where(refusal => refusal.Trial.Statements.Count > 0);
}

/// <summary>An enforcer that was tried and not taken.</summary>
internal sealed record EnforcerRefusal(string Name, EnforcerTrial Trial);
