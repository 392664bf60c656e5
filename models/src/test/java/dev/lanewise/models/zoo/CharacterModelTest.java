package dev.lanewise.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.CharacterVocabulary;
import org.junit.jupiter.api.Test;

class CharacterModelTest {
  private static final CharacterVocabulary LETTERS = CharacterVocabulary.of("abc ");
  private static final String START = "abc ".repeat(CharacterModel.LENGTH / 4);

  @Test
  void writesBySeedAndTemperature() {
    try (Model model = CharacterModel.fresh(LETTERS.size(), 10, 1)) {
      String written = CharacterModel.write(model, LETTERS, START, 40, 1, 5);
      assertEquals(40, written.length());
      assertTrue(written.chars().allMatch(c -> "abc ".indexOf(c) >= 0), written);
      assertEquals(written, CharacterModel.write(model, LETTERS, START, 40, 1, 5));
      assertNotEquals(written, CharacterModel.write(model, LETTERS, START, 40, 1, 6));
      // Cold, whatever the seed, the likeliest character is written.
      assertEquals(
          CharacterModel.write(model, LETTERS, START, 10, 1e-6, 5),
          CharacterModel.write(model, LETTERS, START, 10, 1e-6, 6));
    }
  }

  @Test
  void needsAStartAndAPositiveTemperature() {
    try (Model model = CharacterModel.fresh(LETTERS.size(), 10, 1)) {
      assertEquals(
          "write: a start of 3 characters at temperature 1.0: at least 100 and a positive one"
              + " expected",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> CharacterModel.write(model, LETTERS, "abc", 1, 1, 1))
              .getMessage());
      assertThrows(
          IllegalArgumentException.class,
          () -> CharacterModel.write(model, LETTERS, START, 1, 0, 1));
    }
  }
}
