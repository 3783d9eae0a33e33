using Leash.Plan;

namespace Leash.Bpf.Plans;

/// <summary>The codes of what plans cannot be in the kernel. Listed in docs/diagnostics.md.</summary>
internal static class KernelCodes
{
    public const string TooManyStates = "LSH0022";
    public const string TooManyArgumentTests = "LSH0023";
    public const string TooManyPrincipals = "LSH0024";
    public const string TooManyRows = "LSH0025";
    public const string PlanTooLarge = "LSH0026";
    public const string TextTooLong = "LSH0027";
    public const string SameHash = "LSH0028";
    public const string AddressPattern = "LSH0029";
    public const string TooManyEndpoints = "LSH0030";
}

/// <summary>Why a plan, or one of its statements, cannot be enforced by the kernel programs.</summary>
/// <param name="Code">One of <see cref="KernelCodes"/>.</param>
/// <param name="Statement">The statement it is about, or null for the whole plan.</param>
/// <param name="Message">One line, lower case.</param>
/// <param name="Help">What to do about it.</param>
/// <param name="IsError">Whether there is no plan because of it.</param>
internal sealed record KernelDiagnostic(string Code, PlanStatement? Statement, string Message, string Help, bool IsError = true)
{
    /// <summary>One line for logs: place, code, message, help.</summary>
    public override string ToString()
    {
        var place = Statement is null ? "" : $"{Statement.Origin}{(Statement.File.Length == 0 ? "" : ": ")}policy `{Statement.PolicyId}`: ";
        return $"{(IsError ? "error" : "warning")}[{Code}]: {place}{Message} (help: {Help})";
    }
}
