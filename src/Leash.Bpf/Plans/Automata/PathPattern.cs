using Leash.Plan;

namespace Leash.Bpf.Plans.Automata;

/// <summary>What of a path a pattern is matched with.</summary>
internal enum PatternKind
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>All of it or anything that goes on with a slash there.</summary>
    Under,

    /// <summary>The last component; of <c>@name</c> all, of <c>/</c> the slash.</summary>
    Name,

    /// <summary>An at sign and anything behind it.</summary>
    Abstract,

    /// <summary>What all of it ends with, read from the last byte to the first.</summary>
    Suffix,
}

/// <summary>One alternative that an automaton recognises.</summary>
internal readonly record struct PathPattern(PatternKind Kind, PlanPattern Pattern)
{
    private static readonly PlanPattern s_slash = new(["/"]);

    /// <summary>The same question as a test on paths; null for another kind of test, which is false of any path.</summary>
    public static PathPattern? Of(PlanTest test) => test switch
    {
        PlanTest.PathIs t => new PathPattern(PatternKind.Whole, new PlanPattern([t.Path])),
        PlanTest.PathUnder { Directory: "/" } => new PathPattern(PatternKind.Whole, new PlanPattern(["/", null])),
        PlanTest.PathUnder t => new PathPattern(PatternKind.Under, new PlanPattern([t.Directory])),
        PlanTest.PathLike t => new PathPattern(PatternKind.Whole, t.Pattern),
        PlanTest.NameIs { Name: "/" } => new PathPattern(PatternKind.Whole, s_slash),
        PlanTest.NameIs t => new PathPattern(PatternKind.Name, new PlanPattern([t.Name])),
        PlanTest.NameLike t => new PathPattern(PatternKind.Name, t.Pattern),
        PlanTest.PathIsAbstract => new PathPattern(PatternKind.Abstract, new PlanPattern(["@", null])),
        _ => null,
    };

    /// <summary>
    /// The same question, asked from the end of the path, when its last component and the slash before decide it. It is <c>*</c> and a literal
    /// without a slash, or, of a whole path, with one as its first byte. Of <c>/</c> and of <c>@name</c> the name is the path, and the name of any
    /// other path has no slash: where the literal has none, path and name end with it at once.
    /// </summary>
    public PathPattern? AsSuffix() => Pattern.Parts is [null, { } literal] && Kind switch
    {
        PatternKind.Whole => literal.LastIndexOf('/') <= 0,
        PatternKind.Name => !literal.Contains('/'),
        _ => false,
    } ? new PathPattern(PatternKind.Suffix, Pattern) : null;
}
