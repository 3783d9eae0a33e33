using Cedar.Syntax;

namespace Leash.Policy;

/// <summary>The places of one policy that something was said about: a policy is read several times, and says it once.</summary>
internal sealed class ReportedPlaces
{
    // Made on the first report: most policies have none, and a set of structs would be compiled anew at each start.
    private HashSet<SourceSpan>? _spans;

    /// <summary>Whether the place is new.</summary>
    public bool Add(SourceSpan span) => (_spans ??= []).Add(span);
}
