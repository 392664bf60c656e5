package dev.lanewise.models.report;

import java.util.List;
import java.util.Map;

/** Text of an HTML page; whatever text is put in is escaped. Well-formed as XML too. */
final class Html {
  private final StringBuilder text = new StringBuilder();

  /** A page's beginning. */
  Html(String title, String style) {
    text.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    element("title", title);
    text.append("<style>\n").append(style).append("</style>\n</head>\n<body>\n");
    element("h1", title);
  }

  /** The text as content or as the value of an attribute. */
  static String escaped(String plain) {
    StringBuilder safe = new StringBuilder(plain.length());
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        // Neither HTML nor XML has the other control characters.
        default -> safe.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
    return safe.toString();
  }

  Html element(String name, String content) {
    text.append("<%s>%s</%s>\n".formatted(name, escaped(content), name));
    return this;
  }

  Html heading(String content) {
    return element("h2", content);
  }

  /** A picture with words for it, the picture itself in the page. */
  Html picture(String source, String words) {
    text.append("<img src=\"%s\" alt=\"%s\"/>\n".formatted(escaped(source), escaped(words)));
    return this;
  }

  /** A picture over a caption. */
  Html figure(String source, String caption) {
    text.append("<figure>");
    picture(source, caption);
    text.append("<figcaption>%s</figcaption></figure>\n".formatted(escaped(caption)));
    return this;
  }

  /** Names and values. */
  Html table(Map<String, String> rows) {
    text.append("<table>\n");
    rows.forEach(
        (name, value) ->
            text.append(
                "<tr><th>%s</th><td>%s</td></tr>\n".formatted(escaped(name), escaped(value))));
    text.append("</table>\n");
    return this;
  }

  /** Columns of numbers, a name in front of each row. */
  Html table(List<String> titles, List<List<String>> rows) {
    text.append("<table class=\"numbers\">\n");
    row("th", titles);
    for (List<String> cells : rows) {
      row("td", cells);
    }
    text.append("</table>\n");
    return this;
  }

  private void row(String kind, List<String> cells) {
    text.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      String tag = i == 0 ? "th" : kind;
      text.append("<%s>%s</%s>".formatted(tag, escaped(cells.get(i)), tag));
    }
    text.append("</tr>\n");
  }

  /** A table of counts, each cell the redder or, on the diagonal, greener, the more of its row. */
  Html matrix(String corner, long[][] counts) {
    text.append("<table class=\"numbers\">\n<tr><th>%s</th>".formatted(escaped(corner)));
    for (int column = 0; column < counts.length; column++) {
      text.append("<th>").append(column).append("</th>");
    }
    text.append("</tr>\n");
    for (int row = 0; row < counts.length; row++) {
      long sum = 0;
      for (long count : counts[row]) {
        sum += count;
      }
      text.append("<tr><th>").append(row).append("</th>");
      for (int column = 0; column < counts.length; column++) {
        text.append(cell(counts[row][column], sum, row == column));
      }
      text.append("</tr>\n");
    }
    text.append("</table>\n");
    return this;
  }

  private static String cell(long count, long sum, boolean isRight) {
    double share = sum == 0 ? 0 : (double) count / sum;
    // Mistakes are rare: the root makes them seen.
    double strength = isRight ? share * 0.6 : Math.sqrt(share);
    String colour = isRight ? "60, 160, 80" : "220, 60, 40";
    return "<td style=\"background: rgba(%s, %.3f)\">%d</td>".formatted(colour, strength, count);
  }

  /** The page, ended. */
  String page() {
    return text + "</body>\n</html>\n";
  }
}
