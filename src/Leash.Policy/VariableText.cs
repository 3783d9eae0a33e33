using System.Text;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Leash.Http.Secrets;

namespace Leash.Policy;

/// <summary>Replaces <c>${name}</c> in the strings of a policy.</summary>
internal sealed class VariableText(SessionFacts facts, DiagnosticBag diagnostics)
{
    /// <summary>
    /// The text with variables replaced. Null when one has no value: reported as an error when there is no such variable, else as a hint, and
    /// then the whole statement has no effect.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="span">Where it stands.</param>
    /// <param name="source">In what.</param>
    /// <param name="takesSecrets">Whether <c>${secret:NAME}</c> stays as it is; elsewhere it is an error.</param>
    public string? Replace(string text, SourceSpan span, SourceText source, bool takesSecrets = false)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        var rest = text.AsSpan();
        while (rest.IndexOf("${") is >= 0 and var start)
        {
            var end = rest[start..].IndexOf('}');
            var name = end < 0 ? rest[(start + 2)..].ToString() : rest[(start + 2)..(start + end)].ToString();
            if (takesSecrets && name.StartsWith(SecretName.Prefix, StringComparison.Ordinal))
            {
                var length = end < 0 ? rest.Length : start + end + 1;
                result.Append(rest[..length]);
                rest = rest[length..];
                continue;
            }

            if (end < 0 || ValueOf(name, span, source) is not { } value)
            {
                if (end < 0)
                {
                    diagnostics.Error(LeashCodes.UnknownVariable, "`${` without `}`", "a variable is written `${workspace}`", span, source);
                }

                return null;
            }

            // A value of `/` before a slash must not make two of them.
            var following = rest[(start + end + 1)..];
            result.Append(rest[..start]).Append(value == "/" && following.StartsWith('/') ? "" : value);
            rest = following;
        }

        return result.Append(rest).ToString();
    }

    private string? ValueOf(string name, SourceSpan span, SourceText source)
    {
        if (facts.ValueOf(name) is { } value)
        {
            return value;
        }

        span = Find(name, span, source);
        if (name.StartsWith(SecretName.Prefix, StringComparison.Ordinal))
        {
            diagnostics.Error(
                LeashCodes.MisplacedSecret, "a secret can only be put into a header", "compare `context.value` of `HttpRewrite` with it", span, source);
            return null;
        }

        if (SessionFacts.VariableNames.Contains(name))
        {
            diagnostics.Hint(
                LeashCodes.VariableWithoutValue, $"`${{{name}}}` has no value here, so the statement has no effect", null, span, source);
            return null;
        }

        diagnostics.Error(
            LeashCodes.UnknownVariable, $"unknown variable `${{{name}}}`",
            Suggestion.DidYouMean(name, SessionFacts.VariableNames) ?? $"the variables are {string.Join(", ", SessionFacts.VariableNames.Select(n => $"`{n}`"))}",
            span, source);
        return null;
    }

    private static SourceSpan Find(string name, SourceSpan span, SourceText source)
    {
        var written = $"${{{name}}}";
        var at = source.Text.IndexOf(written, span.Start, span.Length, StringComparison.Ordinal);
        return at < 0 ? span : new SourceSpan(at, written.Length);
    }
}
