using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Values;

namespace Cedar.Syntax;

// Constraint := Variable [ '==' One | 'in' One | 'in' '[' {Uid ','} ']' | 'is' TypeName ['in' One] ]
// One        := Uid | '?principal' | '?resource'   the list is for the action; slots and 'is' are for the others
// Parentheses may stand around each One, Uid and list.

/// <summary>Reads one constraint of a scope.</summary>
internal sealed class ScopeParser(TokenReader tokens)
{
    private readonly EntityParser _entities = new(tokens);

    public static string NameOf(Variable variable) => variable switch
    {
        Variable.Principal => "principal",
        Variable.Action => "action",
        Variable.Resource => "resource",
        Variable.Context => "context",
    };

    private static Word WordOf(Variable variable) => variable switch
    {
        Variable.Principal => Word.Principal,
        Variable.Action => Word.Action,
        Variable.Resource => Word.Resource,
        Variable.Context => Word.Context,
    };

    /// <summary>The constraint of this variable; null after a report.</summary>
    public ScopeConstraint? Parse(Variable variable)
    {
        var start = tokens.Current.Span.Start;
        var name = NameOf(variable);
        if (!tokens.TryTakeWord(WordOf(variable)))
        {
            ReportWrongVariable(name);
            return null;
        }

        if (tokens.TryTake(TokenKind.EqualEqual))
        {
            return ParseOne(variable, ScopeKind.Equal, null, start);
        }

        if (tokens.TryTakeWord(Word.In))
        {
            return ParseIn(variable, start);
        }

        if (tokens.IsWord(Word.Is))
        {
            return ParseIs(variable, start);
        }

        if (tokens.Is(TokenKind.Comma) || tokens.Is(TokenKind.RightParen))
        {
            return new ScopeConstraint(ScopeKind.All, [], null, false, tokens.SpanFrom(start));
        }

        ReportWrongOperator(name);
        return null;
    }

    private ScopeConstraint? ParseIs(Variable variable, int start)
    {
        var isToken = tokens.Take();
        if (variable == Variable.Action)
        {
            tokens.Diagnostics.Error(
                CedarCodes.InvalidScope, "`is` cannot constrain the action of a scope", isToken.Span, "use `==` or `in`");
            return null;
        }

        if (_entities.ParseTypeName() is not { } type)
        {
            return null;
        }

        return tokens.TryTakeWord(Word.In)
            ? ParseOne(variable, ScopeKind.IsIn, type, start)
            : new ScopeConstraint(ScopeKind.Is, [], type, false, tokens.SpanFrom(start));
    }

    private ScopeConstraint? ParseIn(Variable variable, int start)
    {
        if (OpenParentheses() is not { } open)
        {
            return null;
        }

        if (!tokens.Is(TokenKind.LeftBracket))
        {
            return ParseOne(variable, ScopeKind.In, null, start, open);
        }

        return ParseSet(variable) is { } entities && CloseParentheses(open)
            ? new ScopeConstraint(ScopeKind.InSet, entities, null, false, tokens.SpanFrom(start))
            : null;
    }

    /// <summary>An entity or slot, with so many parentheses open before it.</summary>
    private ScopeConstraint? ParseOne(Variable variable, ScopeKind kind, string? type, int start, int open = 0)
    {
        if (OpenParentheses() is not { } more)
        {
            return null;
        }

        var hasSlot = tokens.Is(TokenKind.Question);
        var uid = hasSlot ? null : ParseEntity(variable);
        return (hasSlot ? ParseSlot(variable) : uid is not null) && CloseParentheses(open + more)
            ? new ScopeConstraint(kind, uid is null ? [] : [uid], type, hasSlot, tokens.SpanFrom(start))
            : null;
    }

    /// <summary>How many parentheses were opened; null after a report.</summary>
    private int? OpenParentheses()
    {
        var count = 0;
        while (tokens.Is(TokenKind.LeftParen))
        {
            if (count == CedarParser.MaxNesting)
            {
                tokens.Diagnostics.Error(
                    CedarCodes.TooDeep, $"the expression is nested more than {CedarParser.MaxNesting} deep", tokens.Current.Span);
                return null;
            }

            tokens.Take();
            count++;
        }

        return count;
    }

    private bool CloseParentheses(int count)
    {
        while (count-- > 0)
        {
            if (!tokens.Expect(TokenKind.RightParen, "`)`"))
            {
                return false;
            }
        }

        return true;
    }

    private bool ParseSlot(Variable variable)
    {
        var slot = tokens.Take();
        var name = tokens.Is(TokenKind.Identifier) && tokens.Current.Span.Start == slot.Span.End ? tokens.TextOf(tokens.Take()).ToString() : "";
        var span = tokens.SpanFrom(slot.Span.Start);
        if (variable == Variable.Action)
        {
            tokens.Diagnostics.Error(CedarCodes.InvalidSlot, "the action of a scope takes no slot", span);
            return false;
        }

        if (name == NameOf(variable))
        {
            return true;
        }

        tokens.Diagnostics.Error(
            CedarCodes.InvalidSlot, $"slot `?{name}` cannot stand here", span, $"the slot of this constraint is `?{NameOf(variable)}`");
        return false;
    }

    private ImmutableArray<EntityUid>? ParseSet(Variable variable)
    {
        if (variable != Variable.Action)
        {
            var name = NameOf(variable);
            tokens.Diagnostics.Error(
                CedarCodes.InvalidScope, $"the {name} of a scope cannot be in a list", tokens.Current.Span,
                $"write `when {{ {name} in [ … ] }}`");
            return null;
        }

        tokens.Take();
        var entities = ImmutableArray.CreateBuilder<EntityUid>();
        while (!tokens.Is(TokenKind.RightBracket))
        {
            if (OpenParentheses() is not { } open || ParseEntity(variable) is not { } uid || !CloseParentheses(open))
            {
                return null;
            }

            entities.Add(uid);
            if (!tokens.TryTake(TokenKind.Comma))
            {
                break;
            }
        }

        return tokens.Expect(TokenKind.RightBracket, "`,` or `]`") ? entities.DrainToImmutable() : null;
    }

    private EntityUid? ParseEntity(Variable variable)
    {
        var start = tokens.Current.Span.Start;
        if (_entities.ParseUid() is not { } uid)
        {
            return null;
        }

        if (variable == Variable.Action && !Identifiers.IsActionType(uid.Type))
        {
            tokens.Diagnostics.Error(
                CedarCodes.ActionType, $"`{uid.Type}` is not a type of actions", tokens.SpanFrom(start),
                $"the last part of an action's type is `Action`, as in `Action::{CedarString.Quote(uid.Id)}`");
        }

        return uid;
    }

    private void ReportWrongVariable(string name)
    {
        if (!tokens.Is(TokenKind.Identifier))
        {
            tokens.ReportUnexpected($"`{name}`", "a scope is `(principal, action, resource)`, in this order");
            return;
        }

        tokens.Diagnostics.Error(
            CedarCodes.InvalidScope, $"expected `{name}`, found `{tokens.NameOf(tokens.Current)}`", tokens.Current.Span,
            "a scope is `(principal, action, resource)`, in this order");
    }

    private void ReportWrongOperator(string name)
    {
        if (tokens.Is(TokenKind.Assign))
        {
            tokens.Diagnostics.Error(CedarCodes.UnsupportedOperator, "`=` is not an operator", tokens.Current.Span, "use `==`");
            return;
        }

        tokens.ReportUnexpected($"`==`, `in`, `is` or `,` after `{name}`", "further conditions belong into `when { … }`");
    }
}
