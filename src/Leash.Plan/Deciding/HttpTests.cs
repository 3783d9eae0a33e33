using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>Tests on requests and rewrites, made one by one.</summary>
internal static class HttpTests
{
    private const int StackLimit = 1024;

    public static bool Holds(PlanTest test, IHttpSubject subject) => test switch
    {
        PlanTest.HttpTextIs t => subject.TextOf(t.Text) == t.Value,
        PlanTest.HttpTextLike { Text: HttpText.Path } t when subject is HttpMessage message => t.Pattern.Matches(message.PathBytes),
        PlanTest.HttpTextLike t => Matches(t.Pattern, subject.TextOf(t.Text)),
        PlanTest.HeaderExists t => subject.HeaderOf(t.Name) is not null,
        PlanTest.HeaderIs t => subject.HeaderOf(t.Name) == t.Value,
        PlanTest.HeaderLike t => Matches(t.Pattern, subject.HeaderOf(t.Name)),
        _ => false,
    };

    private static bool Matches(PlanPattern pattern, string? text)
    {
        if (text is null)
        {
            return false;
        }

        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= StackLimit ? stackalloc byte[StackLimit] : new byte[most];
        return pattern.Matches(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
