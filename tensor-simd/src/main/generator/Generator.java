import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the kernels that exist once per lane function and element type.
 *
 * <p>Launched as {@code java Generator.java <src/main> <output>}. It reads the lane functions from
 * {@code lanes/*.lanes} and the loops from {@code templates/**}, and writes Java sources below
 * {@code <output>/dev/lanewise/kernel}. The output directory belongs to the generator: a source it
 * no longer makes is deleted, a source that has not changed is not touched.
 *
 * <h2>Lane functions</h2>
 *
 * <pre>
 * /** Rectifier with a slope: x where x is at least 0, else alpha x. *&#47;
 * leakyRelu(x; alpha) = select(x &lt; 0, alpha * x, x)
 *
 * part scaled.f32(y, n) = { low = n * 0.5; y * pow2(low) * pow2(n - low) }
 * const LN2 = 0.69314718055994530942
 * compare lessThan(x, y) = x &lt; y
 * reduce sum(a, x) = a + x from 0
 * </pre>
 *
 * One to three operands make a map, zip or ternary loop; at most two attributes follow the
 * semicolon. A {@code part} is a function that only others use. A {@code .f32} or {@code .f64}
 * after the name says the declaration for that element type alone. A call of another function is
 * inlined. Expressions have Java's syntax over three types: numbers, masks ({@code < <= > >= == !=
 * && || !}) and bits (integers of the element's width: {@code + - & | ^}). The primitives are:
 *
 * <ul>
 *   <li>{@code fma(a, b, c)}: fused where the CPU can, else {@code a * b + c}; {@code poly(x, c0,
 *       c1, ...)}: Horner's rule with {@code fma}, c0 + x (c1 + ...)
 *   <li>{@code min max abs sqrt}, as in {@link Math}; {@code select(mask, a, b)}; the number or
 *       mask {@code select(FMA, a, b)} is chosen once per process
 *   <li>{@code bits(x)}, {@code value(b)}, {@code shiftLeft(b, n)}, {@code shiftRight(b, n)}
 *       (logical)
 *   <li>{@code within(mask, fast, exact)}: {@code fast} where the mask holds, else {@code exact},
 *       which is computed lane by lane
 *   <li>{@code mathSin mathCos mathPow ...(x)}: the method of {@link Math}; a function that uses
 *       one outside of {@code exact} has no vector form
 *   <li>{@code NaN} and {@code INFINITY}
 * </ul>
 *
 * <h2>Templates</h2>
 *
 * A template is Java written for F32. Its directory below {@code templates} is its package. Its
 * file name decides how often it is written:
 *
 * <ul>
 *   <li>{@code F32LaneMap}, {@code F32LaneZip}, {@code F32LaneTernary}, {@code F32LaneCompare},
 *       {@code F32LaneReduce}: for each function of that kind and each element type ({@code
 *       F64ExpMap})
 *   <li>another name with {@code F32}: for each element type
 *   <li>any other name: once
 * </ul>
 *
 * For F64, whole words are replaced: {@code FloatVector, IntVector, Float, float, JAVA_FLOAT...,
 * floatToRawIntBits, intBitsToFloat, F32...}, float literals such as {@code 1.5f} lose their
 * suffix, and a cast {@code (float)} disappears. In a lane template a statement that ends in {@code
 * = LANE(x, p);} or {@code return LANE(x, p);} becomes the function, and the block {@code if
 * (OUTSIDE(x, p)) {...}} before it is kept for functions that use {@code within}. {@code LANE_DOC}
 * is the function's description, {@code NEUTRAL} the neutral element of a reduction. A template's
 * local names must not end in a digit. In any template, a line with {@code EACH_MAP} (or {@code
 * EACH_ZIP ... EACH_LANE}, the last for maps, zips and ternaries together) is repeated for each
 * such function, as is a line {@code /** EACH_DOC *&#47;} before it.
 */
public final class Generator {
  private static final List<String> ELEMENTS = List.of("F32", "F64");
  private static final String ROOT_PACKAGE = "dev.lanewise.kernel";

  private final Map<String, Declaration> declarations = new LinkedHashMap<>();
  private final List<String> errors = new ArrayList<>();
  private final Map<Path, String> outputs = new TreeMap<>();
  private final Map<String, String> templates = new TreeMap<>();

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java Generator.java <src/main> <output directory>");
      System.exit(2);
    }
    Generator generator = new Generator();
    generator.read(Path.of(args[0]));
    if (generator.errors.isEmpty()) {
      generator.expand();
    }
    if (!generator.errors.isEmpty()) {
      generator.errors.forEach(System.err::println);
      System.exit(1);
    }
    generator.write(Path.of(args[1]));
  }

  // Reading.

  private void read(Path sources) throws IOException {
    for (Path file : files(sources.resolve("lanes"), ".lanes")) {
      try {
        Parser parser = new Parser(file.getFileName().toString(), Files.readString(file));
        for (Declaration declaration : parser.declarations()) {
          Declaration earlier = declarations.putIfAbsent(declaration.key(), declaration);
          if (earlier != null) {
            throw declaration.at.error(
                "'" + declaration.key() + "' is declared twice: also in " + earlier.at);
          }
        }
      } catch (LaneError e) {
        errors.add(e.getMessage());
      }
    }
    Path root = sources.resolve("templates");
    for (Path file : files(root, ".java")) {
      String name = root.relativize(file).toString().replace('\\', '/');
      templates.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
    }
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private void write(Path output) throws IOException {
    Path root = output.resolve(ROOT_PACKAGE.replace('.', '/'));
    Files.createDirectories(root);
    for (Path file : files(root, ".java")) {
      if (!outputs.containsKey(root.relativize(file))) {
        Files.delete(file);
      }
    }
    int written = 0;
    for (Map.Entry<Path, String> entry : outputs.entrySet()) {
      Path file = root.resolve(entry.getKey());
      if (!Files.exists(file) || !Files.readString(file).equals(entry.getValue())) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, entry.getValue());
        written++;
      }
    }
    System.out.println(outputs.size() + " sources, " + written + " changed: " + root);
  }

  // Templates.

  private static final Pattern LANE_TEMPLATE =
      Pattern.compile("(.*/)?F32Lane(Map|Zip|Ternary|Compare|Reduce)");

  private void expand() {
    for (Declaration declaration : functions("Lane", "Compare", "Reduce")) {
      try {
        declaration.check();
        for (String element : ELEMENTS) {
          new Emitter(element, false).body(find(declaration.family(), element, declaration.at));
        }
      } catch (LaneError e) {
        errors.add(e.getMessage());
      }
    }
    if (!errors.isEmpty()) {
      return;
    }
    templates.forEach(
        (path, text) -> {
          Matcher lane = LANE_TEMPLATE.matcher(path);
          if (lane.matches()) {
            for (Declaration function : functions(lane.group(2))) {
              for (String element : ELEMENTS) {
                if (path.startsWith("scalar/") || vectorForm(function, element).exists) {
                  expandLane(path, text, function, element);
                }
              }
            }
          } else if (path.contains("F32")) {
            for (String element : ELEMENTS) {
              put(path.replace("F32", element), repeated(path, forElement(text, element)));
            }
          } else {
            String once = repeated(path, text);
            put(path, path.startsWith("simd/") ? withImports(once) : once);
          }
        });
  }

  private void put(String path, String text) {
    outputs.put(Path.of(path + ".java"), text);
  }

  /** The functions of some kinds of loop, each once, in the order they are declared in. */
  private List<Declaration> functions(String... loops) {
    Map<String, Declaration> byName = new LinkedHashMap<>();
    for (Declaration declaration : declarations.values()) {
      boolean lane = declaration.kind == Kind.LANE && List.of(loops).contains("Lane");
      if (lane || List.of(loops).contains(declaration.loop())) {
        byName.putIfAbsent(declaration.family(), declaration);
      }
    }
    return List.copyOf(byName.values());
  }

  private VectorForm vectorForm(Declaration function, String element) {
    try {
      Emitter emitter = new Emitter(element, true);
      String body = emitter.body(find(function.family(), element, function.at));
      boolean fused = calls(UNFUSED_FORM.matcher(body).replaceAll("")) <= MOST_CALLS;
      boolean unfused = calls(FUSED_FORM.matcher(body).replaceAll("")) <= MOST_CALLS_UNFUSED;
      return new VectorForm(fused, emitter.demanding, fused && !unfused);
    } catch (NoVectorForm e) {
      return VectorForm.NONE;
    }
  }

  /** The vector operations in statements of the vector dialect. */
  private static int calls(String statements) {
    return (int) VECTOR_CALL.matcher(statements).results().count();
  }

  private void expandLane(String path, String template, Declaration function, String element) {
    boolean vector = path.startsWith("simd/");
    Declaration body = find(function.family(), element, function.at);
    Emitter emitter = new Emitter(element, vector);
    String[] lines =
        forElement(
                template.replaceAll("\\bF32Lane(?=[A-Z])", "F32" + camel(function.name)), element)
            .replace(
                "NEUTRAL", function.neutral == null ? "NEUTRAL" : emitter.constant(body.neutral))
            .replace("/** LANE_DOC */", comment("", function.doc))
            .replace("LANE_DOC", String.join("\n * ", function.doc))
            .split("\n");
    List<String> out = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      Matcher outside = OUTSIDE.matcher(lines[i]);
      List<String> guarded = new ArrayList<>();
      if (outside.matches()) {
        while (!lines[++i].equals(outside.group(1) + "}")) {
          guarded.add(lines[i]);
        }
        i++;
      }
      Matcher lane = LANE.matcher(lines[i]);
      if (lane.matches()) {
        List<String> names = List.of(lane.group(3).split(", "));
        out.addAll(emitter.statements(body, names, lane.group(1), lane.group(2), guarded));
      } else {
        out.add(lines[i]);
      }
    }
    out.addAll(1 + indexOf(out, " ORDER = "), emitter.fields());
    String text = String.join("\n", out) + "\n";
    put(path.replace("F32Lane", element + camel(function.name)), withImports(text));
  }

  private static int indexOf(List<String> lines, String part) {
    int line = 0;
    while (line < lines.size() - 1 && !lines.get(line).contains(part)) {
      line++;
    }
    return line;
  }

  /** What an inlined function may refer to, while its template does not. */
  private static final List<String> IMPORTS =
      List.of(
          ROOT_PACKAGE + ".Arithmetic",
          "jdk.incubator.vector.IntVector",
          "jdk.incubator.vector.LongVector",
          "jdk.incubator.vector.VectorMask",
          "jdk.incubator.vector.VectorOperators");

  private static String withImports(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int first = 0;
    while (!lines.get(first).matches("import (?!static).*")) {
      first++;
    }
    int end = first;
    while (lines.get(end).startsWith("import ")) {
      end++;
    }
    List<String> imports = lines.subList(first, end);
    for (String name : IMPORTS) {
      String line = "import " + name + ";";
      if (text.contains(name.substring(name.lastIndexOf('.') + 1)) && !imports.contains(line)) {
        imports.add(line);
      }
    }
    imports.sort(null);
    return String.join("\n", lines) + "\n";
  }

  /** A documentation comment, on one line if it has one. */
  private static String comment(String indent, List<String> doc) {
    return doc.size() == 1
        ? indent + "/** " + doc.getFirst() + " */"
        : indent
            + "/**\n"
            + doc.stream().map(line -> indent + " * " + line + "\n").collect(Collectors.joining())
            + indent
            + " */";
  }

  private static final Pattern OUTSIDE = Pattern.compile("( *)if \\(OUTSIDE\\(.*\\)\\) \\{");
  private static final Pattern LANE =
      Pattern.compile("( *)(return|[\\w<>]+ \\w+ =|\\w+ =) LANE\\(([^)]*)\\);");

  private static String forElement(String text, String element) {
    if (element.equals("F32")) {
      return text;
    }
    return text.replaceAll("\\bF32", "F64")
        .replaceAll("\\bFloatVector\\b", "DoubleVector")
        .replaceAll("\\bIntVector\\b", "LongVector")
        .replaceAll("\\bFloat\\b", "Double")
        .replaceAll("\\bJAVA_FLOAT", "JAVA_DOUBLE")
        .replaceAll("\\bfloatToRawIntBits\\b", "doubleToRawLongBits")
        .replaceAll("\\bintBitsToFloat\\b", "longBitsToDouble")
        .replaceAll("\\(float\\) ", "")
        .replaceAll("\\bfloat\\b", "double")
        .replaceAll("(?<![\\w.])(\\d+)f\\b", "$1.0")
        .replaceAll("(?<![\\w.])(\\d*\\.\\d+)f\\b", "$1");
  }

  private static final Pattern EACH = Pattern.compile("EACH_(MAP|ZIP|TERNARY|COMPARE|REDUCE|LANE)");
  private static final Pattern EACH_CLASS = Pattern.compile("(F32|F64)Each(\\w+)\\.KERNEL");

  /** Repeats each line with an {@code EACH_} mark for the functions of its kind. */
  private String repeated(String path, String text) {
    StringBuilder out = new StringBuilder();
    String doc = null;
    for (String line : text.split("\n")) {
      if (line.contains("EACH_DOC")) {
        doc = line;
        continue;
      }
      Matcher each = EACH.matcher(line);
      if (!each.find()) {
        out.append(line).append('\n');
        continue;
      }
      for (Declaration function : functions(camel(each.group(1).toLowerCase()))) {
        if (doc != null) {
          out.append(comment(doc.substring(0, doc.indexOf("/**")), function.doc)).append('\n');
        }
        String one = each.replaceAll(upperSnake(function.name));
        one = EACH_CLASS.matcher(one).replaceAll(name -> kernel(path, name, function));
        one = one.replaceAll("\\bARITY\\b", "" + function.operands.size());
        out.append(one.replaceAll("\\bATTRIBUTES\\b", "" + function.attributes.size()))
            .append('\n');
      }
      doc = null;
    }
    return out.toString();
  }

  /** A loop without a vector form, or with one that the CPU lacks, is the scalar provider's. */
  private String kernel(String path, MatchResult name, Declaration function) {
    String own = name.group(1) + camel(function.name) + name.group(2) + ".KERNEL";
    if (!path.startsWith("simd/")) {
      return own;
    }
    String scalar = ROOT_PACKAGE + ".scalar." + own;
    boolean loop = templates.containsKey("simd/F32Lane" + name.group(2));
    VectorForm form = loop ? vectorForm(function, name.group(1)) : VectorForm.NONE;
    List<String> needs = new ArrayList<>();
    if (form.demanding) {
      needs.add("SimdWidth." + name.group(1) + "_COMPLETE");
    }
    if (form.fusedOnly) {
      needs.add("Arithmetic.FMA");
    }
    if (!form.exists) {
      return scalar;
    }
    return needs.isEmpty() ? own : String.join(" && ", needs) + " ? " + own + " : " + scalar;
  }

  private static String camel(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  private static String upperSnake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase();
  }

  // Declarations and expressions.

  private Declaration find(String name, String element, Place at) {
    Declaration declaration = declarations.get(name);
    if (declaration == null) {
      declaration = declarations.get(name + "." + element.toLowerCase());
    }
    if (declaration == null) {
      throw at.error("'" + name + "' is not declared for " + element);
    }
    return declaration;
  }

  private record Place(String file, int line) {
    LaneError error(String message) {
      return new LaneError(this + ": " + message);
    }

    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  private static final class LaneError extends RuntimeException {
    private static final long serialVersionUID = 1;

    LaneError(String message) {
      super(message);
    }
  }

  /** A primitive that only exists lane by lane was met on the way to a vector form. */
  private static final class NoVectorForm extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * The most vector operations of a loop. C2 inlines their methods while it parses until it has
   * 18,000 nodes, which is after some 40 to 50 of them. The rest it inlines later, in an order that
   * depends on the profiles other code has left behind, and now and then a vector stays an object.
   * Measured in JVMs that had run the products before: loops of up to 59 operations stay clean, one
   * of 77 did not, nor did the power function's with 121 and 132.
   */
  private static final int MOST_CALLS = 64;

  /** The same without fused multiply-add: 32 stay clean, 35 do not. */
  private static final int MOST_CALLS_UNFUSED = 32;

  private static final Pattern VECTOR_CALL = Pattern.compile("\\.[a-zA-Z]+\\(");
  private static final Pattern FUSED_FORM = Pattern.compile("Arithmetic\\.FMA \\? .* : (?=.*;)");
  private static final Pattern UNFUSED_FORM =
      Pattern.compile("(?<=Arithmetic\\.FMA \\? .{0,999}) : .*(?=;)");

  /**
   * Whether and where a lane function is computed with vectors.
   *
   * @param exists whether it can be
   * @param demanding whether that takes masks, minimum, maximum or square root, which not every CPU
   *     has at every width
   * @param fusedOnly whether that takes a fused multiply-add
   */
  private record VectorForm(boolean exists, boolean demanding, boolean fusedOnly) {
    static final VectorForm NONE = new VectorForm(false, false, false);
  }

  private enum Kind {
    LANE,
    PART,
    COMPARE,
    REDUCE,
    CONST
  }

  private record Declaration(
      Kind kind,
      String name,
      String element,
      List<String> operands,
      List<String> attributes,
      List<Let> lets,
      Expression result,
      Expression neutral,
      List<String> doc,
      Place at) {
    /** Relations and reductions have names of their own: there is a function min as well. */
    String family() {
      boolean callable = kind == Kind.LANE || kind == Kind.PART || kind == Kind.CONST;
      return callable ? name : kind + " " + name;
    }

    String key() {
      return element.isEmpty() ? family() : family() + "." + element;
    }

    String loop() {
      return switch (kind) {
        case LANE -> operands.size() == 1 ? "Map" : operands.size() == 2 ? "Zip" : "Ternary";
        case COMPARE -> "Compare";
        case REDUCE -> "Reduce";
        case PART, CONST -> "";
      };
    }

    void check() {
      int most = kind == Kind.LANE ? 3 : 2;
      if (operands.isEmpty()
          || operands.size() > most
          || kind != Kind.LANE && operands.size() != 2) {
        throw at.error("'" + name + "' has " + operands.size() + " operands");
      }
      if (attributes.size() > 2) {
        throw at.error("'" + name + "' has " + attributes.size() + " attributes; two are possible");
      }
      if (doc.isEmpty()) {
        throw at.error("'" + name + "' has no description");
      }
    }
  }

  private record Let(String name, Expression value) {}

  private sealed interface Expression {
    Place at();
  }

  private record NumberLiteral(String text, Place at) implements Expression {}

  private record Name(String name, Place at) implements Expression {}

  private record Call(String name, List<Expression> arguments, Place at) implements Expression {}

  private record Unary(String operator, Expression operand, Place at) implements Expression {}

  private record Binary(String operator, Expression left, Expression right, Place at)
      implements Expression {}

  // Parsing.

  private static final class Parser {
    private static final Pattern TOKEN =
        Pattern.compile(
            "(?<doc>/\\*\\*.*?\\*/)|(?<skip>\\s+|//[^\n]*)"
                + "|(?<number>0[xX][0-9a-fA-F]+(\\.[0-9a-fA-F]*)?([pP][+-]?\\d+)?"
                + "|\\d+(\\.\\d*)?([eE][+-]?\\d+)?)"
                + "|(?<name>[A-Za-z_]\\w*)"
                + "|(?<sign><=|>=|==|!=|&&|\\|\\||[-+*/<>=!&|^(){},;.])",
            Pattern.DOTALL);

    private static final List<List<String>> PRECEDENCE =
        List.of(
            List.of("||"),
            List.of("&&"),
            List.of("|"),
            List.of("^"),
            List.of("&"),
            List.of("==", "!="),
            List.of("<", "<=", ">", ">="),
            List.of("+", "-"),
            List.of("*", "/"));

    private record Token(String kind, String text, Place at) {}

    private final List<Token> tokens = new ArrayList<>();
    private int next;

    Parser(String file, String text) {
      Matcher matcher = TOKEN.matcher(text);
      int line = 1;
      int at = 0;
      while (at < text.length()) {
        matcher.region(at, text.length());
        Place place = new Place(file, line);
        if (!matcher.lookingAt()) {
          throw place.error("unexpected '" + text.charAt(at) + "'");
        }
        for (String kind : List.of("doc", "number", "name", "sign")) {
          if (matcher.group(kind) != null) {
            tokens.add(new Token(kind, matcher.group(), place));
          }
        }
        line += (int) matcher.group().chars().filter(c -> c == '\n').count();
        at = matcher.end();
      }
      tokens.add(new Token("end", "the end of the file", new Place(file, line)));
    }

    List<Declaration> declarations() {
      List<Declaration> all = new ArrayList<>();
      while (!peek().kind.equals("end")) {
        all.add(declaration());
      }
      return all;
    }

    private Declaration declaration() {
      List<String> doc = List.of();
      if (peek().kind.equals("doc")) {
        doc = docLines(tokens.get(next++).text);
      }
      Token first = name();
      Kind kind = Kind.LANE;
      if (peek().kind.equals("name")) {
        kind =
            switch (first.text) {
              case "part" -> Kind.PART;
              case "compare" -> Kind.COMPARE;
              case "reduce" -> Kind.REDUCE;
              case "const" -> Kind.CONST;
              default -> throw first.at.error("unknown kind of declaration '" + first.text + "'");
            };
        first = name();
      }
      String element = "";
      if (accept(".")) {
        Token type = name();
        element = type.text;
        if (!element.equals("f32") && !element.equals("f64")) {
          throw type.at.error("unknown element type '" + element + "'");
        }
      }
      List<String> operands = new ArrayList<>();
      List<String> attributes = new ArrayList<>();
      if (kind != Kind.CONST) {
        expect("(");
        do {
          operands.add(name().text);
        } while (accept(","));
        if (accept(";")) {
          do {
            attributes.add(name().text);
          } while (accept(","));
        }
        expect(")");
      }
      expect("=");
      List<Let> lets = new ArrayList<>();
      Expression result;
      if (accept("{")) {
        while (peek().kind.equals("name") && tokens.get(next + 1).text.equals("=")) {
          String name = name().text;
          expect("=");
          lets.add(new Let(name, expression(0)));
          expect(";");
        }
        result = expression(0);
        expect("}");
      } else {
        result = expression(0);
      }
      Expression neutral = null;
      if (kind == Kind.REDUCE) {
        if (!name().text.equals("from")) {
          throw first.at.error("reduction '" + first.text + "' has no 'from'");
        }
        neutral = expression(0);
      }
      return new Declaration(
          kind, first.text, element, operands, attributes, lets, result, neutral, doc, first.at);
    }

    private static List<String> docLines(String comment) {
      return comment
          .substring(3, comment.length() - 2)
          .lines()
          .map(line -> line.strip().replaceFirst("^\\* ?", ""))
          .filter(line -> !line.isBlank())
          .toList();
    }

    private Expression expression(int level) {
      if (level == PRECEDENCE.size()) {
        return unary();
      }
      Expression left = expression(level + 1);
      while (peek().kind.equals("sign") && PRECEDENCE.get(level).contains(peek().text)) {
        Token operator = tokens.get(next++);
        left = new Binary(operator.text, left, expression(level + 1), operator.at);
      }
      return left;
    }

    private Expression unary() {
      Token token = peek();
      if (accept("-") || accept("!")) {
        return new Unary(token.text, unary(), token.at);
      }
      if (accept("(")) {
        Expression inner = expression(0);
        expect(")");
        return inner;
      }
      next++;
      if (token.kind.equals("number")) {
        return new NumberLiteral(token.text, token.at);
      }
      if (!token.kind.equals("name")) {
        throw token.at.error("unexpected " + token.text);
      }
      if (!accept("(")) {
        return new Name(token.text, token.at);
      }
      List<Expression> arguments = new ArrayList<>();
      do {
        arguments.add(expression(0));
      } while (accept(",") || accept(";"));
      expect(")");
      return new Call(token.text, arguments, token.at);
    }

    private Token peek() {
      return tokens.get(next);
    }

    private boolean accept(String sign) {
      if (peek().kind.equals("sign") && peek().text.equals(sign)) {
        next++;
        return true;
      }
      return false;
    }

    private void expect(String sign) {
      if (!accept(sign)) {
        throw peek().at.error("expected '" + sign + "' before '" + peek().text + "'");
      }
    }

    private Token name() {
      Token token = tokens.get(next++);
      if (!token.kind.equals("name")) {
        throw token.at.error("expected a name before '" + token.text + "'");
      }
      return token;
    }
  }

  // Emitting.

  private enum Type {
    NUMBER,
    MASK,
    BITS
  }

  /**
   * How an expression may be used: a name or literal, a call, or an operation that needs
   * parentheses.
   */
  private enum Form {
    NAME,
    CALL,
    OPERATION
  }

  /**
   * A Java expression. In the vector dialect a value that all lanes share (a constant, an
   * attribute) stays a primitive until it meets a vector.
   */
  private record Value(String text, Type type, boolean vector, Form form) {
    String inner() {
      return form == Form.OPERATION ? "(" + text + ")" : text;
    }
  }

  /** Turns a declaration into Java statements, scalar or with the Vector API. */
  private final class Emitter {
    private static final Map<String, String> METHODS =
        Map.of(
            "+", "add", "-", "sub", "*", "mul", "/", "div", "&", "and", "|", "or", "&&", "and",
            "||", "or");
    private static final Pattern NUMERAL =
        Pattern.compile("-?[0-9][-0-9a-fA-Fxp.]*|(Float|Double)\\.[A-Z]\\w*");
    private static final Map<String, String> COMPARISONS =
        Map.of("<", "LT", "<=", "LE", ">", "GT", ">=", "GE", "==", "EQ", "!=", "NE");
    private static final Map<String, String> MIRRORED =
        Map.of("<", ">", "<=", ">=", ">", "<", ">=", "<=", "==", "==", "!=", "!=");

    private final boolean wide;
    private final boolean vector;
    private final String element;
    private final String boxed;
    private final String vectorType;
    private final String bitsType;
    private final Set<String> active = new HashSet<>();
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Value> known = new HashMap<>();
    private final Set<String> guards = new HashSet<>();

    /** Names of the fields that hold vectors of one literal, by what they are set to. */
    private final Map<String, String> constants = new LinkedHashMap<>();

    private int locals;

    private boolean demanding;

    Emitter(String element, boolean vector) {
      this.element = element;
      this.vector = vector;
      this.wide = element.equals("F64");
      this.boxed = wide ? "Double" : "Float";
      this.vectorType = boxed + "Vector";
      this.bitsType = wide ? "LongVector" : "IntVector";
    }

    String body(Declaration declaration) {
      List<String> names = new ArrayList<>(declaration.operands);
      names.addAll(declaration.attributes);
      return String.join("\n", statements(declaration, names, "", "return", List.of()));
    }

    /** Declarations of the constants that the statements so far refer to. */
    List<String> fields() {
      return constants.entrySet().stream()
          .map(
              entry ->
                  "  private static final %s %s = %s;"
                      .formatted(vectorType, entry.getValue(), entry.getKey()))
          .toList();
    }

    /** The statement {@code head f(names);}, after the statements that it needs. */
    List<String> statements(
        Declaration declaration,
        List<String> names,
        String indent,
        String head,
        List<String> guarded) {
      lines.clear();
      known.clear();
      guards.clear();
      List<Value> arguments = new ArrayList<>();
      int operands = declaration.operands.size();
      for (int i = 0; i < operands + declaration.attributes.size(); i++) {
        boolean lanes = vector && i < operands;
        arguments.add(new Value(names.get(i), Type.NUMBER, lanes, Form.NAME));
      }
      Type type = declaration.kind == Kind.COMPARE ? Type.MASK : Type.NUMBER;
      Value result = typed(inline(declaration, arguments, declaration.at), type, declaration.at);
      List<String> out = new ArrayList<>();
      for (String line : lines) {
        out.add(indent + line);
        if (line.startsWith("if ")) {
          out.addAll(guarded);
          out.add(indent + "}");
        }
      }
      out.add(indent + head + " " + (vector ? lanes(result) : result.text) + ";");
      return out;
    }

    String constant(Expression expression) {
      return evaluate(expression, Map.of()).text;
    }

    private Value inline(Declaration function, List<Value> arguments, Place at) {
      List<String> parameters = new ArrayList<>(function.operands);
      parameters.addAll(function.attributes);
      if (arguments.size() != parameters.size()) {
        throw at.error("'" + function.name + "' takes " + parameters.size() + " arguments");
      }
      if (!active.add(function.name)) {
        throw at.error("'" + function.name + "' calls itself");
      }
      Map<String, Value> scope = new HashMap<>();
      for (int i = 0; i < parameters.size(); i++) {
        scope.put(parameters.get(i), local(parameters.get(i), arguments.get(i)));
      }
      for (Let let : function.lets) {
        if (scope.put(let.name, local(let.name, evaluate(let.value, scope))) != null) {
          throw let.value.at().error("'" + let.name + "' is set twice");
        }
      }
      Value result = evaluate(function.result, scope);
      active.remove(function.name);
      return result;
    }

    /** Gives the value a name, unless it is as good as one; equal expressions share a local. */
    private Value local(String name, Value value) {
      if (value.form == Form.NAME) {
        return value;
      }
      Value earlier = known.get(value.type + value.text);
      if (earlier == null) {
        String local = name + ++locals;
        lines.add(javaType(value) + " " + local + " = " + value.text + ";");
        earlier = new Value(local, value.type, value.vector, Form.NAME);
        known.put(value.type + value.text, earlier);
      }
      return earlier;
    }

    private String javaType(Value value) {
      return switch (value.type) {
        case NUMBER -> value.vector ? vectorType : wide ? "double" : "float";
        case MASK -> value.vector ? "VectorMask<" + boxed + ">" : "boolean";
        case BITS -> value.vector ? bitsType : wide ? "long" : "int";
      };
    }

    private Value evaluate(Expression expression, Map<String, Value> scope) {
      return switch (expression) {
        case NumberLiteral literal -> number(literal);
        case Name name -> name(name, scope);
        case Unary unary -> unary(unary, evaluate(unary.operand, scope));
        case Binary binary -> binary(binary, scope);
        case Call call -> call(call, scope);
      };
    }

    private Value number(NumberLiteral literal) {
      String text = literal.text;
      if (text.startsWith("0x")) {
        text += text.contains("p") ? "" : "p0";
      } else if (!text.contains(".") && !text.contains("e")) {
        text += ".0";
      }
      return new Value(wide ? text : text + "f", Type.NUMBER, false, Form.NAME);
    }

    private Value name(Name name, Map<String, Value> scope) {
      Value bound = scope.get(name.name);
      if (bound != null) {
        return bound;
      }
      switch (name.name) {
        case "NaN":
          return new Value(boxed + ".NaN", Type.NUMBER, false, Form.NAME);
        case "INFINITY":
          return new Value(boxed + ".POSITIVE_INFINITY", Type.NUMBER, false, Form.NAME);
        case "FMA":
          return new Value("Arithmetic.FMA", Type.MASK, false, Form.NAME);
        default:
          Declaration constant = find(name.name, element, name.at);
          if (constant.kind != Kind.CONST) {
            throw name.at.error("'" + name.name + "' is a function");
          }
          return evaluate(constant.result, Map.of());
      }
    }

    /** An operand of a bit operation; a literal becomes bits of the element's width. */
    private Value bits(Expression expression, Map<String, Value> scope) {
      if (expression instanceof NumberLiteral literal) {
        return new Value(literal.text + (wide ? "L" : ""), Type.BITS, false, Form.NAME);
      }
      if (expression instanceof Name name && !scope.containsKey(name.name)) {
        return bits(find(name.name, element, name.at).result, Map.of());
      }
      return typed(evaluate(expression, scope), Type.BITS, expression.at());
    }

    private Value typed(Value value, Type type, Place at) {
      if (value.type != type) {
        throw at.error("expected " + type + ", found " + value.type);
      }
      return value;
    }

    private Value vector(String text, Type type) {
      return new Value(text, type, true, Form.CALL);
    }

    private Value operation(String text, Type type) {
      return new Value(text, type, false, Form.OPERATION);
    }

    /**
     * The value as a vector. A number is broadcast into a local of its own, a literal into a field
     * of the class: C2 spends half as many nodes on an operation of two vectors as on one of a
     * vector and a number, and hardly any on a constant.
     */
    private String lanes(Value value) {
      if (value.vector) {
        return value.text;
      }
      String text = vectorType + ".broadcast(SPECIES, " + value.text + ")";
      return NUMERAL.matcher(value.text).matches()
          ? constants.computeIfAbsent(text, made -> "ALL_" + constants.size())
          : local("all", vector(text, value.type)).text;
    }

    private Value unary(Unary unary, Value operand) {
      boolean minus = unary.operator.equals("-");
      typed(operand, minus ? Type.NUMBER : Type.MASK, unary.at);
      if (operand.vector) {
        return vector(operand.text + (minus ? ".neg()" : ".not()"), operand.type);
      }
      boolean literal = operand.form == Form.NAME && !operand.text.startsWith("-");
      String text = unary.operator + (literal ? operand.text : "(" + operand.text + ")");
      return new Value(text, operand.type, false, literal ? Form.NAME : Form.OPERATION);
    }

    private Value binary(Binary binary, Map<String, Value> scope) {
      if ("&|^".contains(binary.operator)) {
        return operation(binary, bits(binary.left, scope), bits(binary.right, scope));
      }
      boolean literal = binary.left instanceof NumberLiteral;
      Value right = literal ? evaluate(binary.right, scope) : null;
      Value left =
          literal && right.type == Type.BITS
              ? bits(binary.left, scope)
              : evaluate(binary.left, scope);
      if (right == null) {
        right = left.type == Type.BITS ? bits(binary.right, scope) : evaluate(binary.right, scope);
      }
      return operation(binary, left, right);
    }

    private Value operation(Binary binary, Value left, Value right) {
      String operator = binary.operator;
      boolean comparison = COMPARISONS.containsKey(operator);
      boolean logical = operator.equals("&&") || operator.equals("||");
      boolean bitwise = "&|^".contains(operator);
      boolean valid =
          left.type == right.type
              && switch (left.type) {
                case NUMBER -> !logical && !bitwise;
                case MASK -> logical && left.vector == right.vector;
                case BITS -> bitwise || operator.equals("+") || operator.equals("-") && left.vector;
              };
      if (!valid) {
        throw binary.at.error("no operation " + left.type + " " + operator + " " + right.type);
      }
      Type type = comparison ? Type.MASK : left.type;
      if (!left.vector && !right.vector) {
        return operation(left.inner() + " " + operator + " " + right.inner(), type);
      }
      if (comparison) {
        Value first = left.vector ? left : right;
        Value second = left.vector ? right : left;
        String name = COMPARISONS.get(left.vector ? operator : MIRRORED.get(operator));
        demanding = true;
        return vector(
            first.text + ".compare(VectorOperators." + name + ", " + lanes(second) + ")", type);
      }
      boolean bits = left.type == Type.BITS;
      String receiver = bits && !left.vector ? right.text : lanes(left);
      String argument = bits ? (left.vector ? right : left).text : lanes(right);
      return vector(
          operator.equals("^")
              ? receiver + ".lanewise(VectorOperators.XOR, " + argument + ")"
              : receiver + "." + METHODS.get(operator) + "(" + argument + ")",
          type);
    }

    private Value call(Call call, Map<String, Value> scope) {
      String name = call.name;
      if (name.startsWith("math")) {
        return method(call, scope);
      }
      return switch (name) {
        case "shiftLeft", "shiftRight" -> shift(call, scope);
        case "within" -> within(call, scope);
        case "value" -> {
          Value bits = bits(argument(call, 0, 1), scope);
          yield bits.vector
              ? vector(bits.text + ".reinterpretAs" + boxed + "s()", Type.NUMBER)
              : called(
                  (wide ? "Double.longBitsToDouble" : "Float.intBitsToFloat"), Type.NUMBER, bits);
        }
        default -> {
          List<Value> arguments = new ArrayList<>();
          for (Expression argument : call.arguments) {
            arguments.add(evaluate(argument, scope));
          }
          yield function(call, arguments);
        }
      };
    }

    private static Expression argument(Call call, int index, int count) {
      if (call.arguments.size() != count) {
        throw call.at.error("'" + call.name + "' takes " + count + " arguments");
      }
      return call.arguments.get(index);
    }

    private Value called(String method, Type type, Value... arguments) {
      return new Value(
          method
              + "("
              + Stream.of(arguments).map(Value::text).collect(Collectors.joining(", "))
              + ")",
          type,
          false,
          Form.CALL);
    }

    private Value method(Call call, Map<String, Value> scope) {
      if (vector) {
        throw new NoVectorForm();
      }
      Value[] arguments =
          call.arguments.stream()
              .map(argument -> typed(evaluate(argument, scope), Type.NUMBER, argument.at()))
              .toArray(Value[]::new);
      String method = call.name.substring("math".length());
      method = "Math." + Character.toLowerCase(method.charAt(0)) + method.substring(1);
      Value value = called(method, Type.NUMBER, arguments);
      return wide ? value : operation("(float) " + value.text, Type.NUMBER);
    }

    private Value shift(Call call, Map<String, Value> scope) {
      Value bits = bits(argument(call, 0, 2), scope);
      if (!(argument(call, 1, 2) instanceof NumberLiteral count)) {
        throw call.at.error("'" + call.name + "' needs a literal count");
      }
      boolean left = call.name.equals("shiftLeft");
      String operator = left ? "LSHL" : "LSHR";
      return bits.vector
          ? vector(
              bits.text + ".lanewise(VectorOperators." + operator + ", " + count.text + ")",
              Type.BITS)
          : operation(bits.inner() + (left ? " << " : " >>> ") + count.text, Type.BITS);
    }

    /**
     * In the scalar dialect a choice; in the vector dialect the fast expression, behind a statement
     * that sends the lanes of this vector to the scalar form unless the mask holds for all of them.
     */
    private Value within(Call call, Map<String, Value> scope) {
      Value mask = typed(evaluate(argument(call, 0, 3), scope), Type.MASK, call.at);
      if (!vector) {
        Value fast = evaluate(argument(call, 1, 3), scope);
        return choice(mask, fast, evaluate(argument(call, 2, 3), scope), call.at);
      }
      mask = local("inside", mask);
      if (guards.add(mask.text)) {
        lines.add("if (!" + mask.text + (mask.vector ? ".allTrue()" : "") + ") {");
      }
      return evaluate(argument(call, 1, 3), scope);
    }

    private Value choice(Value mask, Value yes, Value no, Place at) {
      if (yes.type != no.type || yes.type == Type.MASK) {
        throw at.error("'select' between " + yes.type + " and " + no.type);
      }
      if (mask.vector) {
        typed(yes, Type.NUMBER, at);
        return vector(lanes(no) + ".blend(" + lanes(yes) + ", " + mask.text + ")", yes.type);
      }
      if (!yes.vector && !no.vector) {
        return operation(mask.inner() + " ? " + yes.inner() + " : " + no.inner(), yes.type);
      }
      if (!mask.text.equals("Arithmetic.FMA")) {
        throw at.error("vectors cannot depend on a condition that is not of lanes");
      }
      String text = mask.text + " ? " + lanes(yes) + " : " + lanes(no);
      return local("either", new Value(text, yes.type, true, Form.OPERATION));
    }

    private Value function(Call call, List<Value> arguments) {
      int count = arguments.size();
      switch (call.name) {
        case "select":
          argument(call, 0, 3);
          typed(arguments.get(0), Type.MASK, call.at);
          return choice(arguments.get(0), arguments.get(1), arguments.get(2), call.at);
        case "fma":
          argument(call, 0, 3);
          return fma(arguments.get(0), arguments.get(1), arguments.get(2), call.at);
        case "poly":
          Value sum = arguments.get(count - 1);
          for (int i = count - 2; i > 0; i--) {
            sum = fma(sum, arguments.get(0), arguments.get(i), call.at);
          }
          return sum;
        case "min", "max":
          return twoOperands(call, arguments);
        case "abs", "sqrt":
          argument(call, 0, 1);
          Value x = typed(arguments.get(0), Type.NUMBER, call.at);
          if (x.vector) {
            demanding |= call.name.equals("sqrt");
            return vector(x.text + "." + call.name + "()", Type.NUMBER);
          }
          Value root = called("Math." + call.name, Type.NUMBER, x);
          boolean narrow = !wide && call.name.equals("sqrt");
          return narrow ? operation("(float) " + root.text, Type.NUMBER) : root;
        case "bits":
          argument(call, 0, 1);
          Value number = typed(arguments.get(0), Type.NUMBER, call.at);
          String bits = wide ? "Double.doubleToRawLongBits" : "Float.floatToRawIntBits";
          return number.vector
              ? vector(number.text + ".reinterpretAs" + (wide ? "Longs" : "Ints") + "()", Type.BITS)
              : called(bits, Type.BITS, number);
        default:
          Declaration function = find(call.name, element, call.at);
          if (function.kind != Kind.LANE && function.kind != Kind.PART) {
            throw call.at.error("'" + call.name + "' cannot be called");
          }
          return inline(function, arguments, call.at);
      }
    }

    private Value twoOperands(Call call, List<Value> arguments) {
      argument(call, 0, 2);
      Value left = typed(arguments.get(0), Type.NUMBER, call.at);
      Value right = typed(arguments.get(1), Type.NUMBER, call.at);
      if (!left.vector && !right.vector) {
        return called("Math." + call.name, Type.NUMBER, left, right);
      }
      demanding = true;
      return vector(lanes(left) + "." + call.name + "(" + lanes(right) + ")", Type.NUMBER);
    }

    private Value fma(Value a, Value b, Value c, Place at) {
      typed(a, Type.NUMBER, at);
      typed(b, Type.NUMBER, at);
      typed(c, Type.NUMBER, at);
      if (!a.vector && !b.vector && !c.vector) {
        return local("t", called("Arithmetic.fma", Type.NUMBER, a, b, c));
      }
      String first = lanes(local("t", a));
      String second = lanes(local("t", b));
      String third = lanes(local("t", c));
      String text =
          "Arithmetic.FMA ? %s.fma(%s, %s) : %s.mul(%s).add(%s)"
              .formatted(first, second, third, first, second, third);
      return local("t", new Value(text, Type.NUMBER, true, Form.OPERATION));
    }
  }
}
