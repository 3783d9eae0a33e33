using Leash.Cli.CommandLine;

namespace Leash.Cli.Running;

/// <summary>Which enforcer a session gets.</summary>
internal static class EnforcerChoice
{
    /// <summary>Why an enforcer that was asked for by name cannot be had; null when it can be tried.</summary>
    public static UsageError? Refuse(string enforcer) => enforcer is "auto" or "seccomp"
        ? null
        : new UsageError(
            $"the enforcer `{enforcer}` is not available in this build",
            "leave `--enforcer` out or say `--enforcer seccomp`; `leash doctor` shows what this machine can enforce");
}
