using System.Collections.Immutable;
using System.Text;
using Leash.Http.Canonical;
using Leash.Http.Secrets;

namespace Leash.Http.Rewriting;

/// <summary>A piece of a value: text as it is, or the name of a secret.</summary>
/// <param name="Text">The text, or the name.</param>
/// <param name="IsSecret">Which of them.</param>
public readonly record struct ValuePart(string Text, bool IsSecret);

/// <summary>Why a value cannot be sent.</summary>
public enum ValueProblem
{
    None,

    /// <summary>It has a control character, half a character, or space around it.</summary>
    NotSendable,

    /// <summary>It is longer than servers take.</summary>
    TooLong,

    /// <summary><c>${secret:</c> without <c>}</c>, or with something that is no name.</summary>
    BadSecret,
}

/// <summary>The value of a header as a policy writes it: text with <c>${secret:NAME}</c> in it.</summary>
public sealed class RewriteValue
{
    /// <summary>The longest value; servers take 8 KiB for all headers or more.</summary>
    public const int MaxLength = 8 * 1024;

    private const string Open = "${" + SecretName.Prefix;

    private RewriteValue(ImmutableArray<ValuePart> parts) => Parts = parts;

    public ImmutableArray<ValuePart> Parts { get; }

    /// <summary>The names of its secrets.</summary>
    public IEnumerable<string> Secrets => Parts.Where(part => part.IsSecret).Select(part => part.Text).Distinct(StringComparer.Ordinal);

    /// <summary>The value that the text stands for; null with what is wrong.</summary>
    public static RewriteValue? Parse(string text, out ValueProblem problem)
    {
        problem = text.Length > MaxLength ? ValueProblem.TooLong : FieldText.IsValue(text) ? ValueProblem.None : ValueProblem.NotSendable;
        if (problem != ValueProblem.None)
        {
            return null;
        }

        var parts = ImmutableArray.CreateBuilder<ValuePart>();
        var rest = text;
        for (var start = rest.IndexOf(Open, StringComparison.Ordinal); start >= 0; start = rest.IndexOf(Open, StringComparison.Ordinal))
        {
            var end = rest.IndexOf('}', start);
            var name = end < 0 ? "" : rest[(start + Open.Length)..end];
            if (!SecretName.IsValid(name))
            {
                problem = ValueProblem.BadSecret;
                return null;
            }

            AddText(parts, rest[..start]);
            parts.Add(new ValuePart(name, true));
            rest = rest[(end + 1)..];
        }

        AddText(parts, rest);
        return new RewriteValue(parts.ToImmutable());
    }

    /// <summary>The value with its secrets; null when one of them is not there.</summary>
    public string? Reveal(Func<string, Secret?> find)
    {
        var text = new StringBuilder();
        foreach (var part in Parts)
        {
            if (!part.IsSecret)
            {
                text.Append(part.Text);
            }
            else if (find(part.Text) is { } secret)
            {
                text.Append(secret.Reveal());
            }
            else
            {
                return null;
            }
        }

        return text.ToString();
    }

    private static void AddText(ImmutableArray<ValuePart>.Builder parts, string text)
    {
        if (text.Length > 0)
        {
            parts.Add(new ValuePart(text, false));
        }
    }
}
