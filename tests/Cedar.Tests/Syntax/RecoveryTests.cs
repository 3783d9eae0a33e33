using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

/// <summary>One mistake does not hide the next: every report with its code and the text that it underlines.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData(
        "permit (principal = U::\"a\", action, resource) when { 1 ++ 2 } unless { foo(1) == bar };",
        "CEDAR0018 `=`", "CEDAR0001 `+`", "CEDAR0007 `foo`", "CEDAR0017 `bar`")]
    [InlineData(
        "permit (principal == (U::a), action, resource) when { context.in };",
        "CEDAR0001 `)`", "CEDAR0006 `in`")]
    [InlineData(
        "permit (principal == ((User), action, resource) when { \"\\q\" == \"\\x\" };",
        "CEDAR0001 `)`", "CEDAR0004 `\\q`", "CEDAR0004 `\\x`")]
    [InlineData(
        "@a(1) @b @b permit (principal, action == User::\"x\", resource);",
        "CEDAR0001 `1`", "CEDAR0013 `@b`", "CEDAR0015 `User::\"x\"`")]
    [InlineData(
        "@a @a @c @c forbid (principal, action in [User::\"x\", Act::\"y\"], resource);",
        "CEDAR0013 `@a`", "CEDAR0013 `@c`", "CEDAR0015 `User::\"x\"`", "CEDAR0015 `Act::\"y\"`")]
    [InlineData(
        "permit (principal, action, resource) when { [1, 99999999999999999999, {a: 1, a: zzz}].isEmpty(1) };",
        "CEDAR0009 `[1, 99999999999999999999, {a: 1, a: zzz}].isEmpty(1)`", "CEDAR0005 `99999999999999999999`", "CEDAR0012 `a`", "CEDAR0017 `zzz`")]
    [InlineData(
        "permit (principal, action, resource) when { ?principal == 1 } when { 1 < 2 < 3 } when true unless { !!!!!true };",
        "CEDAR0016 `?principal`", "CEDAR0010 `<`", "CEDAR0001 `true`", "CEDAR0011 `!!!!!`")]
    [InlineData(
        "permit (principal, action, resource)\nforbid (principal, action, resource) when { 1 # 2 };\npermti (principal, action, resource);\npermit ();",
        "CEDAR0001 `)`", "CEDAR0002 `#`", "CEDAR0001 `permti`", "CEDAR0001 `)`")]
    [InlineData(
        "permit (principal, action, resource) when { \"a };\npermit (principal, action) when { 4 / 2 == zzz };",
        "CEDAR0003 `\"a };`", "CEDAR0001 `)`", "CEDAR0018 `/`", "CEDAR0017 `zzz`")]
    [InlineData(
        "permit (principal is User::\"a\", action is Action, resource in [R::\"r\"]) when { ip.foo() };",
        "CEDAR0001 `::`", "CEDAR0017 `ip`", "CEDAR0008 `foo`")]
    [InlineData(
        "permit (principal, action, resource) when { ?resource == principl && context.a = 1 && 1 < 2 < 3 < zzz && !!!!!yyy };",
        "CEDAR0016 `?resource`", "CEDAR0017 `principl`", "CEDAR0018 `=`", "CEDAR0010 `<`", "CEDAR0017 `zzz`", "CEDAR0011 `!!!!!`", "CEDAR0017 `yyy`")]
    public void SeveralMistakes_AreAllReported(string text, params string[] expected)
    {
        var diagnostics = CedarParser.Parse(new SourceText(text)).Diagnostics;

        Assert.Equal(expected, diagnostics.Select(d => $"{d.Code} `{text.Substring(d.Span.Start, d.Span.Length)}`"));
        Assert.All(diagnostics, d => Assert.DoesNotContain('\n', d.Message));
    }
}
