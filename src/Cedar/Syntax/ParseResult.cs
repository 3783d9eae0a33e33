using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>What a policy text contains. With errors, <see cref="Policies"/> holds those that could be read whole.</summary>
public sealed record ParseResult(ImmutableArray<Policy> Policies, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>What an expression text contains; <see cref="Expression"/> is null exactly when there are errors.</summary>
public sealed record ExpressionParseResult(Expr? Expression, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}
