using Cedar.Syntax;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for every policy text.</summary>
internal static class PolicyChecks
{
    public static string? Policies(string text)
    {
        var result = CedarParser.Parse(new SourceText("fuzz.cedar", text));
        return DiagnosticChecks.Check(result.Diagnostics, text);
    }

    public static string? Expression(string text)
    {
        var result = CedarParser.ParseExpression(new SourceText("fuzz.cedar", text));
        if (result.HasErrors != result.Expression is null)
        {
            return "there is an expression exactly when there are no errors";
        }

        return DiagnosticChecks.Check(result.Diagnostics, text);
    }
}
