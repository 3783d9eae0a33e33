using Cedar.Diagnostics;
using Cedar.Formatting;
using Cedar.Syntax;

namespace Cedar.Tests.Formatting;

public sealed class CedarFormatterTests
{
    private const string Everything = """
        // Head.

        // Of the first.
        @id("first") @note
        permit(principal == User::"alice", action in [Action::"view", Action::"edit"], resource is Photo in Album::"trip")
        when { principal.age >= 18 && (resource.tags.contains("a") || !context.mfa) && resource has owner.name }
        unless { if context.x then -1 + 2 * 3 == 5 else ip("10.0.0.1").isInRange(ip("10.0.0.0/8")) };
        forbid(principal, action, resource);
        permit(principal in ?principal, action, resource == ?resource) when { [1, 2, {a: "x", "b c": [],},].isEmpty() || context["k"] like "*\*x" };
        // Tail.
        """;

    public static TheoryData<string, string> Layouts => new()
    {
        { "", "" },
        { "permit(principal,action,resource);", "permit (principal, action, resource);\n" },
        {
            "permit(principal==A::\"b\",action,resource)when{true};",
            """
            permit (
              principal == A::"b",
              action,
              resource
            )
            when { true };

            """
        },
        {
            "@id(\"x\")@y permit(principal,action in[Action::\"a\",Action::\"b\"],resource);forbid(principal,action,resource);",
            """
            @id("x")
            @y
            permit (
              principal,
              action in [Action::"a", Action::"b"],
              resource
            );

            forbid (principal, action, resource);

            """
        },
        {
            "permit(principal,action,resource) when { context.aaaaaaaaaaaaaaaaaaaaaa == 1 || context.bbbbbbbbbbbbbbbbbbbbb == 2 && context.ccccccccccccccccc == 3 };",
            """
            permit (principal, action, resource)
            when {
              context.aaaaaaaaaaaaaaaaaaaaaa == 1 ||
              context.bbbbbbbbbbbbbbbbbbbbb == 2 && context.ccccccccccccccccc == 3
            };

            """
        },
        {
            "permit(principal,action,resource) when { resource in [Dir::\"/usr/local/share/aaaaaaaaa\", Dir::\"/usr/local/share/bbbbbbbbb\"] };",
            """
            permit (principal, action, resource)
            when {
              resource in [
                Dir::"/usr/local/share/aaaaaaaaa",
                Dir::"/usr/local/share/bbbbbbbbb"
              ]
            };

            """
        },
        {
            "permit(principal,action,resource) when { if context.aaaaaaaaaaaaaaaaaaaaaaaaaa then context.bbbbbbbbbbbbbbbbbbbbbbbb else context.c };",
            """
            permit (principal, action, resource)
            when {
              if context.aaaaaaaaaaaaaaaaaaaaaaaaaa
              then context.bbbbbbbbbbbbbbbbbbbbbbbb
              else context.c
            };

            """
        },
        {
            "// a\n\n\n// b\npermit(principal, // who\naction,resource) // scope\nwhen { true // yes\n && false }; // end\n// tail",
            """
            // a

            // b
            permit (
              principal, // who
              action,
              resource
            ) // scope
            when {
              true && // yes
              false
            }; // end
            // tail

            """
        },
        {
            "permit(principal,action,resource) when { [1 // one\n, // comma\n2\n// last\n].contains(1) };",
            """
            permit (principal, action, resource)
            when {
              [
                1 // one
                , // comma
                2
                // last
              ].contains(1)
            };

            """
        },
    };

    [Theory, MemberData(nameof(Layouts))]
    public void Format_LaysOut(string text, string expected) => Assert.Equal(expected.ReplaceLineEndings("\n"), FormatWhole(text));

    [Fact]
    public void Format_CommentAtEveryPlace_KeepsTokensAndCommentsAndIsIdempotent()
    {
        // A slot is one word, though two tokens.
        var places = TokensOf(Everything).Select(token => token.Span.Start).Where(start => start == 0 || Everything[start - 1] != '?')
            .Append(Everything.Length).ToList();
        foreach (var place in places)
        {
            foreach (var comment in new[] { "// new\n", "\n// new\n", "\n\n// new\n\n", "// one\n// two\n" })
            {
                AssertFaithful(Everything.Insert(place, comment));
            }
        }

        // Everywhere at once.
        AssertFaithful(places.AsEnumerable().Reverse().Aggregate(Everything, (text, place) => text.Insert(place, $"// c{place}\n")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(1_000)]
    public void Format_AnyWidth_IsFaithful(int width) => AssertFaithful(Everything, new FormatOptions { LineWidth = width, IndentWidth = 4 });

    [Fact]
    public void FormatSchema_LaysOut() => Assert.Equal(
        """
        // Head.

        @doc("x")
        entity User, Team;
        entity Photo in [Album] = { name: String, tags?: Set<String> } tags Long; // photos
        entity Long = {
          // one
          aaaaaaaaaaaaaaaaaaaa: String, // a
          @b
          "b c"?: { x: __cedar::Long, y: ipaddr },
          cccccccccccccccccc: Bool
        };

        namespace A::B {
          entity E enum ["x", "y"];
          // in it
          type T = Set<{ a: Long }>;

          action view, "edit all" in ["group", A::B::Action::"other"] appliesTo {
            principal: [User, Team],
            resource: Photo,
            context: T
          };
        }
        action "group", other;
        // Tail.

        """.ReplaceLineEndings("\n"),
        CedarFormatter.FormatSchema(new SourceText("""
            // Head.


            @doc("x") entity User,Team;
            entity Photo in[Album]={name:String,tags?:Set<String>}tags Long; // photos
            entity Long{
            // one
            aaaaaaaaaaaaaaaaaaaa:String, // a
            @b "b c"?:{x:__cedar::Long,y:ipaddr},cccccccccccccccccc:Bool};

            namespace A::B{entity E enum["x","y"];
            // in it
            type T=Set<{a:Long}>;

            action view,"edit all" in["group",A::B::Action::"other"]appliesTo{principal:[User,Team],resource:Photo,context:T};}
            action "group",other;
            // Tail.
            """.Replace("entity Long{", "entity Long={", StringComparison.Ordinal))).Text);

    [Fact]
    public void FormatSchema_CommentAtEveryPlace_KeepsTokensAndCommentsAndIsIdempotent()
    {
        const string Text = """
            @a("b") entity User, Team in [Team] = { name?: String, @c age: Set<Long>, } tags String;
            namespace N::M { type T = { x: { } }; action a, "b" in [Action::"c", d] appliesTo { principal: User, resource: [Team], context: T }; action c, d; }
            entity E enum ["x"];
            """;
        foreach (var place in TokensOf(Text).Select(token => token.Span.Start).Append(Text.Length))
        {
            foreach (var comment in new[] { "// new\n", "\n\n// new\n\n" })
            {
                var commented = Text.Insert(place, comment);
                var formatted = CedarFormatter.FormatSchema(new SourceText(commented)).Text;
                Assert.NotNull(formatted);
                Assert.Equal(TokensOf(commented).Select(token => TextOf(token, commented)), TokensOf(formatted).Select(token => TextOf(token, formatted)));
                Assert.Equal(CommentsOf(commented), CommentsOf(formatted));
                Assert.Equal(formatted, CedarFormatter.FormatSchema(new SourceText(formatted)).Text);
            }
        }
    }

    [Fact]
    public void Format_NoLineIsLongerThanNeeded()
    {
        foreach (var line in FormatWhole(Everything).Split('\n'))
        {
            Assert.True(line.Length <= 80, line);
            Assert.Equal(line.TrimEnd(), line);
        }
    }

    [Fact]
    public void Format_TextWithMistakes_IsReported()
    {
        var result = CedarFormatter.Format(new SourceText("permit(principal, action, resource) when { 1 + };"));
        Assert.Null(result.Text);
        Assert.Equal(CedarCodes.UnexpectedToken, Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public void Format_DeepAndLong_IsLinear()
    {
        var deep = $"permit(principal, action, resource) when {{ {new string('(', 90)}1{new string(')', 90)} == 1 }};";
        AssertFaithful(deep);
        var list = string.Join(", ", Enumerable.Range(0, 50_000));
        AssertFaithful($"permit(principal, action, resource) when {{ [{list}].contains(context.n) }};");
        AssertFaithful(string.Concat(Enumerable.Repeat("permit(principal, action, resource) when { context.a || context.b && !context.c };", 5_000)));
    }

    private static string FormatWhole(string text)
    {
        var result = CedarFormatter.Format(new SourceText(text));
        Assert.Empty(result.Diagnostics);
        return result.Text!;
    }

    private static void AssertFaithful(string text, FormatOptions? options = null)
    {
        var result = CedarFormatter.Format(new SourceText(text), options);
        Assert.True(result.Text is not null, $"{string.Join("\n", result.Diagnostics)}\n{text}");
        var formatted = result.Text;
        Assert.Equal(TokensOf(text).Select(token => TextOf(token, text)), TokensOf(formatted).Select(token => TextOf(token, formatted)));
        Assert.Equal(CommentsOf(text), CommentsOf(formatted));
        Assert.Equal(PoliciesOfComments(text), PoliciesOfComments(formatted));
        Assert.Equal(formatted, CedarFormatter.Format(new SourceText(formatted), options).Text);
    }

    private static List<string> CommentsOf(string text) =>
        [.. text.Split('\n').Where(line => line.Contains("//", StringComparison.Ordinal)).Select(line => line[line.IndexOf("//", StringComparison.Ordinal)..].TrimEnd())];

    /// <summary>For each comment the number of policies that end above it.</summary>
    private static List<int> PoliciesOfComments(string text)
    {
        List<int> policies = [];
        var ends = TokensOf(text).Where(token => token.Kind == TokenKind.Semicolon).Select(token => token.Span.Start).ToList();
        for (var at = text.IndexOf("//", StringComparison.Ordinal); at >= 0; at = text.IndexOf("//", text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length, StringComparison.Ordinal))
        {
            // A comment between the last token and its semicolon goes behind that.
            policies.Add(ends.Count(position => position < at && text[position..at].Contains('\n', StringComparison.Ordinal)));
        }

        return policies;
    }

    private static string TextOf(Token token, string text) => text.Substring(token.Span.Start, token.Span.Length);

    private static List<Token> TokensOf(string text)
    {
        var source = new SourceText(text);
        var lexer = new Lexer(source, new DiagnosticSink(source));
        List<Token> tokens = [];
        while (lexer.Next() is { Kind: not TokenKind.EndOfText } token)
        {
            tokens.Add(token);
        }

        return tokens;
    }
}
