"""The grammar of the language in which validation rules are written.

A rule is clauses, separated by semicolons; each says what must hold, perhaps under a condition
(``if``), perhaps for every row of some sheets (``for c in S2, S3``) or every quantity column,
perhaps ``as warning`` where the rule is an error.
`app.checks.expression` builds a typed tree from it; the notation is that of the specification's
validation rules, told to people on the page of the rule editor.
"""

GRAMMAR = r"""
rule: clause (";" clause)* ";"?
clause: [label] test [condition] [quantifier] [softened]
label: STRING ":"
condition: "if" test
quantifier: "for" NAME "in" domain
softened: "as" "warning"

domain: rows ("," rows)*
rows: SHEET -> rows_now
    | "prev" "(" SHEET ")" -> rows_before
    | "quantities" "(" SHEET ")" ["except" NAME ("," NAME)*] -> columns

?test: and_test
    | and_test ("or" and_test)+ -> either
?and_test: not_test
    | not_test ("and" not_test)+ -> both
?not_test: "not" not_test -> negation
    | comparison
?comparison: sum
    | sum (COMPARED sum)+ -> compare
    | sum "in" codes -> member
    | sum "not" "in" codes -> no_member
    | sum "is" "None" -> empty
    | sum "is" "not" "None" -> filled
?codes: "(" code ("," code)* [","] ")" -> code_list
    | call
code: STRING [".." STRING]

?sum: product
    | sum "+" product -> add
    | sum "-" product -> subtract
?product: unary
    | product "*" unary -> multiply
    | product "/" unary -> divide
?unary: "-" unary -> minus
    | atom
?atom: NUMBER -> number
    | STRING -> text
    | call
    | cell
    | row
    | NAME -> name
    | "(" test ")"

cell: SHEET ["[" key "]"] "." NAME
row: SHEET "[" key "]"
key: NAME -> variable
    | STRING -> code_key

call: NAME "(" [argument ("," argument)*] ")"
argument: NAME "=" test -> keyword
    | STRING ".." STRING -> span
    | test ["where" test] ["for" NAME "in" (code_set | domain)] -> body
code_set: "(" code ("," code)* ")"

COMPARED: "<=" | ">=" | "==" | "!=" | "<" | ">"
SHEET: /[A-Z][A-Z0-9]{1,3}/
NAME: /[a-z_][a-z_0-9]{0,60}/
NUMBER: /[0-9]{1,15}(\.[0-9]{1,10})?/
STRING: /"[^"\n]{0,60}"/

%import common.WS
%ignore WS
"""
