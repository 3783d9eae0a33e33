using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>Texts that the reference implementation rejects, with our reports and what they underline.</summary>
public sealed class RejectedSchemaTests
{
    private const string Texts = """
        entity A in [A,]; => CEDAR0001 `]`
        entity A, A; => CEDAR0102 `A`
        entity A; entity A; => CEDAR0102 `A`
        entity A,; => CEDAR0001 `;`
        entity A enum []; => CEDAR0001 `]`
        entity A enum ["x",]; => CEDAR0001 `]`
        entity A enum ["x"] tags String; => CEDAR0001 `tags`
        entity A {a: Foo}; => CEDAR0106 `Foo`
        entity A {a: B}; type B = C; type C = B; => CEDAR0108 `B`
        type String = Long; => CEDAR0104 `String`
        type Bool = Long; => CEDAR0104 `Bool`
        type Boolean = Long; => CEDAR0104 `Boolean`
        entity A {a: Boolean}; => CEDAR0106 `Boolean`
        type Set = Long; => CEDAR0104 `Set`
        type Record = Long; => CEDAR0104 `Record`
        type Entity = Long; => CEDAR0104 `Entity`
        type Extension = Long; => CEDAR0104 `Extension`
        entity Action; => CEDAR0104 `Action`
        entity Action2; entity A in Action; => CEDAR0106 `Action`
        entity A {a: Action}; => CEDAR0106 `Action`
        entity A {a: __cedar::Foo}; => CEDAR0106 `__cedar::Foo`
        entity A {a: __cedar}; => CEDAR0106 `__cedar`
        entity __cedar; => CEDAR0104 `__cedar`
        namespace __cedar {} => CEDAR0117 `__cedar`
        namespace A::__cedar {} => CEDAR0117 `A::__cedar`
        namespace __cedar::A {} => CEDAR0117 `__cedar::A`
        entity A::B; => CEDAR0001 `::`
        type A::B = Long; => CEDAR0001 `::`
        namespace A {} namespace A {} => CEDAR0101 `A`
        namespace A {entity X;} namespace A {entity Y;} => CEDAR0101 `A`
        namespace A { namespace B {} } => CEDAR0116 `namespace`
        namespace A {entity X;}; => CEDAR0001 `;`
        namespace A::B { entity X {a: Y, b: A::B::Y, c: B::Y}; entity Y;} => CEDAR0106 `B::Y`
        entity Y; namespace A { entity X {a: Y}; entity Y; } => CEDAR0105 `Y`
        entity Y; namespace A { entity X; type Y = Long; } => CEDAR0105 `Y`
        type Y=Long; namespace A { entity Y; } => CEDAR0105 `Y`
        type Y=Long; namespace A { type Y = String; } => CEDAR0105 `Y`
        namespace A{entity X {a: B::X};} => CEDAR0106 `B::X`
        action a, b, a; => CEDAR0103 `a`
        action a; action a; => CEDAR0103 `a`
        action a,; => CEDAR0001 `;`
        action a in a; => CEDAR0109 `a`
        action a in b; action b in a; => CEDAR0109 `a`; CEDAR0109 `b`
        action a in Foo::"b"; => CEDAR0107 `Foo::"b"`
        action a in []; => CEDAR0112 `[]`
        action a in Action::b; action b; => CEDAR0001 `Action::b`
        action a appliesTo {principal: [A], resource: [A,], context: {},}; entity A; => CEDAR0001 `]`
        action a appliesTo {principal: [], resource: A}; entity A; => CEDAR0112 `[]`
        action a appliesTo {principal: [], resource: []}; entity A; => CEDAR0112 `[]`; CEDAR0112 `[]`
        action a appliesTo {principal: A}; entity A; => CEDAR0111 `appliesTo {principal: A}`
        action a appliesTo {resource: A}; entity A; => CEDAR0111 `appliesTo {resource: A}`
        action a appliesTo {}; entity A; => CEDAR0001 `}`
        action a appliesTo {context: {}}; => CEDAR0111 `appliesTo {context: {}}`
        action a appliesTo {principal: A, principal: A, resource: A}; entity A; => CEDAR0111 `principal`
        action a appliesTo {principal: A, resource: A, context: {}, context: {}}; entity A; => CEDAR0111 `context`
        action a appliesTo {principal: A resource: A}; entity A; => CEDAR0001 `resource`
        action a appliesTo {principal: A, resource: A, foo: A}; entity A; => CEDAR0001 `foo`
        action a appliesTo {principal: A, resource: A, context: C}; entity A; type C = Long; => CEDAR0110 `C`
        action a appliesTo {principal: A, resource: A, context: A}; entity A; => CEDAR0106 `A`
        action a appliesTo {principal: A, resource: A, context: Set<Long>}; entity A; => CEDAR0001 `<`
        action a appliesTo {principal: A, resource: A, context: X}; entity A; => CEDAR0106 `X`
        action a appliesTo {principal: T, resource: A}; entity A; type T = A; => CEDAR0106 `T`
        action a appliesTo {principal: Action, resource: A}; entity A; => CEDAR0106 `Action`
        action a appliesTo {principal: X, resource: A}; entity A; => CEDAR0106 `X`
        action a attributes {x: Long}; => CEDAR0001 `x`
        action a appliesTo {principal: A, resource: A} in b; entity A; action b; => CEDAR0001 `in`
        entity A {a: Set<>}; => CEDAR0001 `>`
        entity A {a: Set}; => CEDAR0106 `Set`
        entity A {a: Set<Long,>}; => CEDAR0001 `,`
        entity A {if: Long}; => CEDAR0006 `if`
        entity A {,}; => CEDAR0001 `,`
        entity A = Long; => CEDAR0001 `Long`
        entity A = T; type T = {}; => CEDAR0001 `T`
        entity if; => CEDAR0006 `if`
        entity A in if; => CEDAR0006 `if`
        entity is; => CEDAR0006 `is`
        entity in; => CEDAR0006 `in`
        action if; => CEDAR0006 `if`
        action in; => CEDAR0006 `in`
        action in in in; => CEDAR0006 `in`
        type if = Long; => CEDAR0006 `if`
        entity A {principal: Long, in: Long, __cedar: Long}; => CEDAR0006 `in`
        namespace if {} => CEDAR0006 `if`
        namespace A::in {} => CEDAR0006 `in`
        @a("b") @a("c") entity A; => CEDAR0013 `@a("c")`
        @a("b") => CEDAR0001 ``
        @a() entity A; => CEDAR0001 `)`
        @a("x") action a appliesTo {@b principal: A, resource: A}; entity A; => CEDAR0001 `@`
        @a(b) entity A; => CEDAR0001 `b`
        @"a"("b") entity A; => CEDAR0001 `"a"`
        /* c */ entity A; => CEDAR0001 `/`
        entity A => CEDAR0001 ``
        entity A; ; => CEDAR0001 `;`
        type T = Long => CEDAR0001 ``
        type T; => CEDAR0001 `;`
        type T = {a: Long}; type T = Long; => CEDAR0102 `T`
        type T, U = Long; => CEDAR0001 `,`
        entity "A"; => CEDAR0001 `"A"`
        entity A {a: A::B}; => CEDAR0106 `A::B`
        action "\*"; => CEDAR0004 `\*`
        entity A {"\*": Long}; => CEDAR0004 `\*`
        namespace A { action a in b; action b; } action b; => CEDAR0105 `b`
        namespace A {action a in C::"b";} => CEDAR0107 `C::"b"`
        entity A in T; type T = B; entity B; => CEDAR0106 `T`
        entity A in Long; => CEDAR0106 `Long`
        entity A in String; => CEDAR0106 `String`
        entity A in __cedar::String; => CEDAR0106 `__cedar::String`
        entity A in C; entity B; => CEDAR0106 `C`
        entity A {a: __cedar::Long, b: __cedar::Bool, c: __cedar::Boolean}; => CEDAR0106 `__cedar::Boolean`
        entity A {a: __cedar::Set<Long>}; => CEDAR0001 `<`
        namespace N { entity A {a: __cedar::Long}; type Long = String; } => CEDAR0104 `Long`
        type T = Set<T>; => CEDAR0108 `T`
        type T = {a: T}; => CEDAR0108 `T`
        type T={a?: T}; => CEDAR0108 `T`
        type T = {a: U}; type U = Set<T>; => CEDAR0108 `T`
        namespace N { type T = N::T; } => CEDAR0108 `T`
        type T = M::T; namespace M { type T = T; } => CEDAR0105 `T`; CEDAR0108 `T`
        entity A {a: Long} = {}; => CEDAR0001 `=`
        entity A in B, C; entity B, C; => CEDAR0001 `,`
        action a in B::"x"; => CEDAR0107 `B::"x"`
        entity A {a: "String"}; => CEDAR0001 `"String"`
        entity 1A; => CEDAR0001 `1`
        entity Ä; => CEDAR0002 `Ä`
        action ä; => CEDAR0002 `ä`
        entity A {a : ? Long}; => CEDAR0001 `?`
        namespace N {type String = Long;} => CEDAR0104 `String`
        action a appliesTo {principal: [A], principal: A}; => CEDAR0111 `appliesTo {principal: [A], principal: A}`; CEDAR0111 `principal`
        action a in [b,c,]; action b; action c; => CEDAR0001 `]`
        namespace A { entity Action; } => CEDAR0104 `Action`
        entity A in Action; action a; => CEDAR0106 `Action`
        type T = Foo; => CEDAR0106 `Foo`
        namespace N {type B={};} entity B; entity A {a: N::B}; => CEDAR0105 `B`
        entity A {true: Long}; => CEDAR0006 `true`
        entity A {a: __cedar::A::B}; => CEDAR0106 `__cedar::A::B`
        entity A {a: A::__cedar::B}; => CEDAR0106 `A::__cedar::B`
        entity A {a: A::__cedar}; entity A2; => CEDAR0106 `A::__cedar`
        entity A in __cedar;  => CEDAR0106 `__cedar`
        action a in __cedar::Action::"x"; => CEDAR0107 `__cedar::Action::"x"`
        action a in "x"::"y"; => CEDAR0001 `::`
        action a in if; => CEDAR0006 `if`
        entity A in [if]; => CEDAR0006 `if`
        namespace N {action a in [b]; action b in [c]; action c in [Action::"a"];} => CEDAR0109 `a`; CEDAR0109 `b`; CEDAR0109 `c`
        namespace N; entity A; => CEDAR0001 `;`
        entity A{} entity B; => CEDAR0001 `entity`
        action a appliesTo {principal: A, resource: A, context: __cedar::C}; entity A; => CEDAR0106 `__cedar::C`
        action a appliesTo {principal: A, resource: A, context: String}; entity A; => CEDAR0110 `String`
        action a appliesTo {principal: __cedar::A, resource: A}; entity A; => CEDAR0106 `__cedar::A`
        entity A {@a @a x: Long}; => CEDAR0013 `@a`
        entity A enum [x]; => CEDAR0001 `x`
        entity A in B enum ["x"]; entity B; => CEDAR0001 `enum`
        entity A {a: Foo, b: Bar}; entity B in Baz; => CEDAR0106 `Foo`; CEDAR0106 `Bar`; CEDAR0106 `Baz`
        action "a" "b"; => CEDAR0001 `"b"`
        entity A {"a" "b": Long}; => CEDAR0001 `"b"`
        namespace "N" {} => CEDAR0001 `"N"`
        entity A {a: Long;}; => CEDAR0001 `;`
        entity A {a: Long b: Long}; => CEDAR0001 `b`
        action a attributes {} appliesTo {principal:A,resource:A}; entity A; => CEDAR0001 `appliesTo`
        @x("a") namespace N {@y("b") namespace M {}} => CEDAR0116 `namespace`
        entity A {a: "x\q"}; => CEDAR0001 `"x\q"`
        entity A {"x\q": Long}; => CEDAR0004 `\q`
        entity A {a: ip}; => CEDAR0106 `ip`
        @a("x\q") entity A; => CEDAR0004 `\q`
        entity A enum ["x\q"]; => CEDAR0004 `\q`
        action a in N::b; namespace N {action b;} => CEDAR0001 `N::b`
        """;

    public static TheoryData<string> Rows => [.. Texts.Split('\n')];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Text_IsRejected_AndTheMistakeUnderlined(string row)
    {
        var (text, reports) = SchemaRow.Split(row);
        var result = Schema.Parse(new SourceText(text));

        Assert.True(result.HasErrors);
        Assert.Equal(reports, SchemaRow.Reports(text, result.Diagnostics));
    }
}
