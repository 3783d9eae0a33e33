using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>A policy text and where it stands.</summary>
/// <param name="Layer"><c>base</c>, <c>standard</c> or <c>user</c>: for people; a forbid in any layer wins.</param>
/// <param name="Name">The file name that diagnostics show; its stem names policies without <c>@id</c>.</param>
/// <param name="Text">Cedar.</param>
public sealed record PolicyDocument(string Layer, string Name, string Text)
{
    public const string BaseLayer = "base";
    public const string StandardLayer = "standard";
    public const string UserLayer = "user";

    /// <summary>Whether it ships with Leash: then tests have validated it, and no start spends time on that.</summary>
    public bool IsBuiltIn => Layer is BaseLayer or StandardLayer;
}

/// <summary>What came of compiling policies.</summary>
/// <param name="Plan">What enforcers apply; null when there are errors.</param>
/// <param name="PolicySet">
/// The policies as the Cedar evaluator decides them: variables replaced, aliases and action groups resolved, ids given. Null when there are
/// errors.
/// </param>
/// <param name="Diagnostics">Everything to say about the texts, in their order.</param>
public sealed record CompileResult(EnforcementPlan? Plan, PolicySet? PolicySet, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}
