using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Syntax;

/// <summary>The variables a Cedar expression may name.</summary>
public enum Variable
{
    /// <summary>Who asks, an entity.</summary>
    Principal,

    /// <summary>What is asked for, an entity.</summary>
    Action,

    /// <summary>What it is to be done to, an entity.</summary>
    Resource,

    /// <summary>The circumstances, a record.</summary>
    Context,
}

/// <summary>Operators with one operand.</summary>
public enum UnaryOperator
{
    /// <summary><c>!b</c>.</summary>
    Not,

    /// <summary><c>-n</c>; an error for the smallest integer.</summary>
    Negate,
}

/// <summary>Operators with two operands that are neither short-circuiting nor written as methods.</summary>
public enum BinaryOperator
{
    /// <summary><c>a == b</c>, of any two values; those of different kinds are not equal.</summary>
    Equal,

    /// <summary><c>a != b</c>.</summary>
    NotEqual,

    /// <summary><c>a &lt; b</c>, of two integers, datetimes or durations, like the next three.</summary>
    Less,

    /// <summary><c>a &lt;= b</c>.</summary>
    LessOrEqual,

    /// <summary><c>a > b</c>.</summary>
    Greater,

    /// <summary><c>a >= b</c>.</summary>
    GreaterOrEqual,

    /// <summary><c>a + b</c>, of integers; beyond 64 bits an error, like the next two.</summary>
    Add,

    /// <summary><c>a - b</c>.</summary>
    Subtract,

    /// <summary><c>a * b</c>.</summary>
    Multiply,

    /// <summary><c>e in f</c>: an entity is another one or below it, or one of a set of entities.</summary>
    In,

    /// <summary><c>s.contains(x)</c>.</summary>
    Contains,

    /// <summary><c>s.containsAll(t)</c>, of two sets.</summary>
    ContainsAll,

    /// <summary><c>s.containsAny(t)</c>, of two sets.</summary>
    ContainsAny,

    /// <summary><c>e.hasTag(t)</c>, of an entity and a string.</summary>
    HasTag,

    /// <summary><c>e.getTag(t)</c>, of an entity and a string; an error when there is no such tag.</summary>
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
