using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

// Policies   := {Policy}
// Policy     := {Annotation} ('permit' | 'forbid') '(' Scope ')' {Condition} ';'
// Scope      := Constraint ',' Constraint ',' Constraint [',']      for principal, action, resource; see ScopeParser
// Condition  := ('when' | 'unless') '{' Expr '}'

/// <summary>Reads policies: annotations, effect, scope, conditions.</summary>
internal sealed class PolicyParser(TokenReader tokens)
{
    private readonly ExpressionParser _expressions = new(tokens);
    private readonly ScopeParser _scopes = new(tokens);
    private readonly AnnotationParser _annotations = new(tokens);

    public ImmutableArray<Policy> ParseAll()
    {
        var policies = ImmutableArray.CreateBuilder<Policy>();
        for (var index = 0; !tokens.Is(TokenKind.EndOfText); index++)
        {
            var errorsBefore = tokens.Diagnostics.ErrorCount;
            var policy = ParsePolicy($"policy{index}");
            if (policy is not null && tokens.Diagnostics.ErrorCount == errorsBefore)
            {
                policies.Add(policy);
            }
        }

        return policies.DrainToImmutable();
    }

    /// <summary>One policy; null after a mistake, with the next token one that a policy can start with. Always takes a token.</summary>
    private Policy? ParsePolicy(string id)
    {
        var start = tokens.Current.Span.Start;
        if (ParseAnnotations() is not { } annotations || ParseEffect() is not { } effect)
        {
            SkipToNextPolicy();
            return null;
        }

        var scope = ParseScope();
        if (scope is null)
        {
            SkipInside(TokenKind.RightParen);
        }

        var conditions = ParseConditions();
        var isWhole = scope is not null && conditions is not null;
        if (!tokens.TryTake(TokenKind.Semicolon))
        {
            FindEnd(isWhole);
        }

        return scope is not null && conditions is { } all
            ? new Policy(id, effect, annotations, scope.Principal, scope.Action, scope.Resource, all, tokens.Source, tokens.SpanFrom(start))
            : null;
    }

    private ImmutableArray<Annotation>? ParseAnnotations()
    {
        if (!tokens.Is(TokenKind.At))
        {
            return [];
        }

        var annotations = ImmutableArray.CreateBuilder<Annotation>();
        HashSet<string> names = new(StringComparer.Ordinal);
        while (tokens.Is(TokenKind.At))
        {
            if (_annotations.Parse() is { } annotation)
            {
                _annotations.Add(annotations, names, annotation);
                continue;
            }

            // What follows still belongs to this policy, not to a new one without the annotation.
            while (!tokens.Is(TokenKind.EndOfText) && !tokens.Is(TokenKind.Semicolon) && !IsPolicyStart())
            {
                tokens.Take();
            }

            if (!IsPolicyStart())
            {
                return null;
            }
        }

        return annotations.DrainToImmutable();
    }

    private Effect? ParseEffect()
    {
        if (tokens.TryTakeWord(Word.Permit))
        {
            return Effect.Permit;
        }

        if (tokens.TryTakeWord(Word.Forbid))
        {
            return Effect.Forbid;
        }

        var word = tokens.Is(TokenKind.Identifier) ? tokens.TextOf(tokens.Current).ToString() : "";
        tokens.ReportUnexpected("`permit` or `forbid`", Suggestion.DidYouMean(word, ["permit", "forbid"]));
        return null;
    }

    private Scope? ParseScope()
    {
        if (!tokens.Expect(TokenKind.LeftParen, "`(`", "a policy starts with its scope, as in `permit (principal, action, resource)`")
            || _scopes.Parse(Variable.Principal) is not { } principal || !ExpectComma(Variable.Action)
            || _scopes.Parse(Variable.Action) is not { } action || !ExpectComma(Variable.Resource)
            || _scopes.Parse(Variable.Resource) is not { } resource)
        {
            return null;
        }

        tokens.TryTake(TokenKind.Comma);
        return tokens.Expect(TokenKind.RightParen, "`)`", "further conditions belong into `when { … }`")
            ? new Scope(principal, action, resource)
            : null;
    }

    private bool ExpectComma(Variable next) =>
        tokens.Expect(TokenKind.Comma, $"`,` and `{ScopeParser.NameOf(next)}`", "further conditions belong into `when { … }`");

    private ImmutableArray<Condition>? ParseConditions()
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        var isWhole = true;
        while (tokens.Current.Word is Word.When or Word.Unless)
        {
            var start = tokens.Current.Span.Start;
            var isUnless = tokens.IsWord(Word.Unless);
            tokens.Take();
            if (!tokens.Expect(TokenKind.LeftBrace, "`{`"))
            {
                isWhole = false;
                SkipInside(TokenKind.RightBrace);
                continue;
            }

            if (_expressions.Parse() is not { } body || !tokens.Expect(TokenKind.RightBrace, "an operator or `}`"))
            {
                isWhole = false;
                SkipInside(TokenKind.RightBrace);
                continue;
            }

            conditions.Add(new Condition(isUnless, body, tokens.SpanFrom(start)));
        }

        return isWhole ? conditions.DrainToImmutable() : null;
    }

    /// <summary>Goes to where the next policy starts; a missing semicolon is a mistake of its own only behind a policy without one.</summary>
    private void FindEnd(bool isWhole)
    {
        var isAtEnd = IsPolicyStart() || tokens.Is(TokenKind.EndOfText);
        if (isWhole && isAtEnd)
        {
            // The mistake is where the policy ends, not where the next one starts.
            tokens.Diagnostics.Error(
                CedarCodes.UnexpectedToken, "expected `;` at the end of the policy", new SourceSpan(Math.Max(0, tokens.LastEnd - 1), 1));
        }
        else if (isWhole)
        {
            var word = tokens.Is(TokenKind.Identifier) ? tokens.TextOf(tokens.Current).ToString() : "";
            tokens.ReportUnexpected("`when`, `unless` or `;`", Suggestion.DidYouMean(word, ["when", "unless"]));
        }

        if (!isAtEnd)
        {
            SkipToNextPolicy();
        }
    }

    /// <summary>Whether the current token starts a policy: an effect with its parenthesis, or an annotation.</summary>
    private bool IsPolicyStart() =>
        tokens.Current.Kind == TokenKind.At
        || (tokens.Current.Word is Word.Permit or Word.Forbid && tokens.Following.Kind == TokenKind.LeftParen);

    /// <summary>Skips behind the next semicolon or to the next start of a policy; at least one token, unless at the end.</summary>
    private void SkipToNextPolicy()
    {
        do
        {
            if (tokens.Take().Kind == TokenKind.Semicolon)
            {
                return;
            }
        }
        while (!tokens.Is(TokenKind.EndOfText) && !IsPolicyStart());
    }

    /// <summary>Skips behind the bracket that closes the broken part, so that what follows is still read.</summary>
    private void SkipInside(TokenKind close)
    {
        var open = close == TokenKind.RightParen ? TokenKind.LeftParen : TokenKind.LeftBrace;
        var depth = 0;
        while (!tokens.Is(TokenKind.EndOfText) && !tokens.Is(TokenKind.Semicolon) && !IsPolicyStart())
        {
            if (depth == 0 && IsClauseStart())
            {
                return;
            }

            var kind = tokens.Take().Kind;
            if (kind == open)
            {
                depth++;
            }
            else if (kind == close && depth > 0)
            {
                depth--;
            }
            else if (kind == close && !(close == TokenKind.RightParen && tokens.Is(TokenKind.Comma)))
            {
                // A parenthesis before a comma closed one that was open where the mistake was found, not the scope.
                return;
            }
        }
    }

    private bool IsClauseStart() =>
        tokens.Current.Word is Word.When or Word.Unless && tokens.Following.Kind == TokenKind.LeftBrace;

    private sealed record Scope(ScopeConstraint Principal, ScopeConstraint Action, ScopeConstraint Resource);
}
