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
}
