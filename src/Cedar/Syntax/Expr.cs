using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Syntax;

/// <summary>The variables a Cedar expression may name.</summary>
public enum Variable
{
    Principal,
    Action,
    Resource,
    Context,
}

/// <summary>Operators with one operand.</summary>
public enum UnaryOperator
{
    Not,
    Negate,
}

/// <summary>Operators with two operands that are neither short-circuiting nor written as methods.</summary>
public enum BinaryOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    In,
    Contains,
    ContainsAll,
    ContainsAny,
    HasTag,
    GetTag,
}

/// <summary>An expression of the Cedar language, with the place it was written at. Immutable; a closed family.</summary>
public abstract record Expr(SourceSpan Span)
{
    /// <summary>A literal: boolean, long, string or entity UID.</summary>
    public sealed record Literal(Value Value, SourceSpan Span) : Expr(Span);

    /// <summary><c>principal</c>, <c>action</c>, <c>resource</c> or <c>context</c>.</summary>
    public sealed record Var(Variable Variable, SourceSpan Span) : Expr(Span);

    /// <summary>A template slot in a scope, <c>?principal</c> or <c>?resource</c>.</summary>
    public sealed record Slot(Variable Variable, SourceSpan Span) : Expr(Span);

    /// <summary><c>!x</c> or <c>-x</c>.</summary>
    public sealed record Unary(UnaryOperator Operator, Expr Operand, SourceSpan Span) : Expr(Span);

    /// <summary>A strict binary operator, or one of the set and tag methods.</summary>
    public sealed record Binary(BinaryOperator Operator, Expr Left, Expr Right, SourceSpan Span) : Expr(Span);

    /// <summary><c>left &amp;&amp; right</c>, short-circuiting.</summary>
    public sealed record And(Expr Left, Expr Right, SourceSpan Span) : Expr(Span);

    /// <summary><c>left || right</c>, short-circuiting.</summary>
    public sealed record Or(Expr Left, Expr Right, SourceSpan Span) : Expr(Span);

    /// <summary><c>if c then a else b</c>.</summary>
    public sealed record If(Expr Condition, Expr Then, Expr Else, SourceSpan Span) : Expr(Span);

    /// <summary><c>target.name</c> or <c>target["name"]</c>.</summary>
    public sealed record GetAttribute(Expr Target, string Name, SourceSpan Span) : Expr(Span);

    /// <summary><c>target has a.b.c</c>; one name in the plain form.</summary>
    public sealed record Has(Expr Target, ImmutableArray<string> Path, SourceSpan Span) : Expr(Span);

    /// <summary><c>target like "pattern"</c>.</summary>
    public sealed record Like(Expr Target, Pattern Pattern, SourceSpan Span) : Expr(Span);

    /// <summary><c>target is Type</c> or <c>target is Type in ancestor</c>.</summary>
    public sealed record Is(Expr Target, string EntityType, Expr? In, SourceSpan Span) : Expr(Span);

    /// <summary><c>[a, b, …]</c>.</summary>
    public sealed record Set(ImmutableArray<Expr> Elements, SourceSpan Span) : Expr(Span);

    /// <summary><c>{ name: value, … }</c>, in source order.</summary>
    public sealed record Record(ImmutableArray<KeyValuePair<string, Expr>> Fields, SourceSpan Span) : Expr(Span);

    /// <summary>
    /// An extension function or method, or <c>isEmpty</c>: <c>ip("…")</c> has one argument; <c>a.isInRange(b)</c> has the receiver first.
    /// </summary>
    public sealed record Call(string Function, bool IsMethod, ImmutableArray<Expr> Arguments, SourceSpan Span) : Expr(Span);
}
