using System.Collections.Immutable;
using Cedar.Diagnostics;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Cli.Policies;

/// <summary><c>leash policy validate</c> and <c>leash policy schema</c>.</summary>
internal static class PolicyCommands
{
    /// <summary>Checks files together with the base layer, as a session would use them; 1 when there are errors.</summary>
    public static int Validate(Terminal terminal, IReadOnlyList<string> files, string? workspace)
    {
        var given = PolicyTexts.FilesOf([.. files]);
        if (PolicyTexts.Load(given, terminal.Fail) is not { } documents)
        {
            return CliExit.Negative;
        }

        var result = Compile(documents, workspace);
        terminal.Show(result.Diagnostics);
        var errors = result.Diagnostics.Count(d => d.Severity == Severity.Error);
        var others = result.Diagnostics.Length - errors;
        var names = given.IsEmpty ? "the standard policy" : string.Join(", ", given.Select(file => $"`{file}`"));
        terminal.Out.WriteLine(errors > 0
            ? $"{names}: {Count(errors, "error")}{(others > 0 ? $", {Count(others, "remark")}" : "")}"
            : $"{names}: {terminal.OutPalette.Green("valid")}, {Count(CountOf(result, given), "statement")}{(others > 0 ? $", {Count(others, "remark")}" : "")}");
        terminal.Out.Flush();
        return errors > 0 ? CliExit.Negative : CliExit.Success;
    }

    public static int Schema(Terminal terminal)
    {
        terminal.Out.Write(BuiltInPolicies.SchemaText);
        terminal.Out.Flush();
        return CliExit.Success;
    }

    /// <summary>Compiles as a session in the workspace would.</summary>
    public static CompileResult Compile(ImmutableArray<PolicyDocument> documents, string? workspace) =>
        Compile(documents, workspace, PolicyCompiler.Enforced);

    /// <summary>Compiles as a session in the workspace would whose enforcers govern these actions.</summary>
    public static CompileResult Compile(ImmutableArray<PolicyDocument> documents, string? workspace, PlanActionMask enforced) =>
        PolicyCompiler.Compile(documents, SessionPlace.Facts(CanonicalPath.Of(workspace ?? "."), null, "explain"), enforced);

    private static int CountOf(CompileResult result, ImmutableArray<string> files)
    {
        var layer = files.IsEmpty ? PolicyDocument.StandardLayer : PolicyDocument.UserLayer;
        return result.Plan!.Statements.Where(statement => statement.Layer == layer)
            .Select(statement => statement.PolicyId).Distinct(StringComparer.Ordinal).Count();
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
