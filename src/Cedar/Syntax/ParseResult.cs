using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>What a policy text contains. With errors, <see cref="Policies"/> holds those that could be read whole.</summary>
/// <param name="Policies">Policies and templates in source order.</param>
/// <param name="Diagnostics">In order of place.</param>
public sealed record ParseResult(ImmutableArray<Policy> Policies, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether any diagnostic is an error.</summary>
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>What an expression text contains; <see cref="Expression"/> is null exactly when there are errors.</summary>
/// <param name="Expression">The expression.</param>
/// <param name="Diagnostics">In order of place.</param>
public sealed record ExpressionParseResult(Expr? Expression, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether any diagnostic is an error.</summary>
    public bool HasErrors => Diagnostics.HasErrors();
}
