namespace Leash.Sessions.Enforcers;

/// <summary>Chooses what enforces a session: the best that works, or what was asked for by name.</summary>
internal static class EnforcerSelection
{
    public const string Auto = "auto";

    // Best first.
    private static readonly FileEnforcer[] _files = [FileEnforcer.BpfLsm, FileEnforcer.BpfModifyReturn];

    /// <summary>The names that <c>--enforcer</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, "seccomp", "bpf-lsm", "bpf-modify-return", "bpf-cgroup"];

    /// <exception cref="SessionException">What was asked for by name cannot be had.</exception>
    public static EnforcerChoice Choose(string requested, IEnforcerTrials trials) => requested switch
    {
        Auto => Best(trials),
        "seccomp" => new EnforcerChoice(new EnforcerSet(FileEnforcer.Seccomp, NetworkEnforcer.Seccomp), []),
        "bpf-cgroup" => Forced(requested, new EnforcerSet(FileEnforcer.Seccomp, NetworkEnforcer.BpfCgroup), trials),
        "bpf-lsm" => Forced(requested, new EnforcerSet(FileEnforcer.BpfLsm, NetworkEnforcer.BpfCgroup), trials),
        "bpf-modify-return" => Forced(requested, new EnforcerSet(FileEnforcer.BpfModifyReturn, NetworkEnforcer.BpfCgroup), trials),
        _ => throw new SessionException($"unknown enforcer `{requested}`", $"there are: {string.Join(", ", Names)}"),
    };

    private static EnforcerChoice Best(IEnforcerTrials trials)
    {
        List<EnforcerRefusal> refusals = [];
        if (!Try("bpf-cgroup", trials.TryNetwork(NetworkEnforcer.BpfCgroup), refusals))
        {
            // Programs on files know a session by its cgroup, and leave its endpoints to the programs on that.
            return new EnforcerChoice(new EnforcerSet(FileEnforcer.Seccomp, NetworkEnforcer.Seccomp), refusals);
        }

        foreach (FileEnforcer files in _files)
        {
            if (Try(EnforcerSet.NameOf(files), trials.TryFiles(files), refusals))
            {
                return new EnforcerChoice(new EnforcerSet(files, NetworkEnforcer.BpfCgroup), []);
            }
        }

        return new EnforcerChoice(new EnforcerSet(FileEnforcer.Seccomp, NetworkEnforcer.BpfCgroup), refusals);
    }

    private static bool Try(string name, EnforcerTrial trial, List<EnforcerRefusal> refusals)
    {
        if (!trial.Works)
        {
            refusals.Add(new EnforcerRefusal(name, trial));
        }

        return trial.Works;
    }

    private static EnforcerChoice Forced(string requested, EnforcerSet set, IEnforcerTrials trials)
    {
        Require(requested, "bpf-cgroup", trials.TryNetwork(set.Network));
        if (set.Files != FileEnforcer.Seccomp)
        {
            Require(requested, requested, trials.TryFiles(set.Files));
        }

        return new EnforcerChoice(set, []);
    }

    private static void Require(string requested, string name, EnforcerTrial trial)
    {
        if (!trial.Works)
        {
            string because = name == requested ? trial.Reason : $"it needs `{name}`: {trial.Reason}";
            string statements = string.Concat(trial.Statements.Select(statement => $"\n  {statement}"));
            throw new SessionException(
                $"the enforcer `{requested}` cannot be had: {because}{statements}",
                trial.Help ?? "leave `--enforcer` out to have the best that this machine has; `leash doctor` says why");
        }
    }
}

/// <summary>What a session gets, and what it did not get.</summary>
/// <param name="Set">The enforcers.</param>
/// <param name="Refusals">Better ones that were tried, best last.</param>
internal sealed record EnforcerChoice(EnforcerSet Set, IReadOnlyList<EnforcerRefusal> Refusals)
{
    /// <summary>Better enforcers that the machine has and the policy kept from being used.</summary>
    public IEnumerable<EnforcerRefusal> ByPolicy => Refusals.Where(refusal => refusal.Trial.Statements.Count > 0);
}

/// <summary>An enforcer that was tried and not taken.</summary>
internal sealed record EnforcerRefusal(string Name, EnforcerTrial Trial);
