package dev.lanewise.nn.inspect;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.layer.Tap;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where in an image a layer sees what speaks for a class: {@code relu(sum over k of a[k] A[k])},
 * {@code A[k]} being the layer's channels and {@code a[k]} the mean over all places of {@code
 * dS/dA[k]} (Selvaraju et al. 2017).
 *
 * <p>The last convolution is the usual layer. The score is the one before the softmax, if the model
 * ends with one. Models have one input and one output {@code [n, classes]}.
 *
 * @param layer a layer with one output of channels in places, {@code [n, height, width, channels]}
 *     or with another number of axes of places; its name as in {@link Tap}
 */
public record GradCam(String layer) {
  /** Of this layer. */
  public static GradCam of(String layer) {
    return new GradCam(layer);
  }

  /**
   * The maps.
   *
   * @param x samples {@code [n, ...]}
   * @param classes whose scores: one for each sample, or one for all
   * @return zero or greater, {@code [n, height, width]} of the layer, in the scope of {@code x}
   * @throws IllegalArgumentException if samples or classes do not fit the model, or the layer is
   *     not in it or has no places
   */
  public Tensor maps(Model model, Tensor x, int... classes) {
    try (Scope scope = x.scope().child("grad-cam")) {
      Map<String, Tensor> seen = new LinkedHashMap<>();
      Tap cut = (name, output, value) -> output > 0 ? value : seen(seen, name, value);
      Tensor prediction = model.call(x.untracked().in(scope), Pass.inference().tapped(cut));
      Tensor channels = seen.get(layer);
      requirePlaces(channels, List.copyOf(seen.keySet()));
      Tensor score = ClassScores.of("gradCam", prediction, classes).sum();
      int[] places = new int[channels.rank() - 2];
      long[] spread = channels.shape().extents().clone();
      for (int i = 0; i < places.length; i++) {
        places[i] = i + 1;
        spread[i + 1] = 1;
      }
      Tensor weights = Gradients.of(score).get(channels).mean(places).reshape(spread);
      return channels.untracked().mul(weights).sum(-1).relu().copyTo(x.scope());
    }
  }

  /** The layer's output becomes a leaf, so that the gradient of the score is asked for there. */
  private Tensor seen(Map<String, Tensor> seen, String name, Tensor value) {
    Tensor kept = name.equals(layer) ? value.untracked().tracked() : value;
    seen.put(name, kept);
    return kept;
  }

  private void requirePlaces(Tensor channels, List<String> names) {
    if (channels == null) {
      throw new IllegalArgumentException(
          "gradCam: no layer '%s' among %s".formatted(layer, new ArrayList<>(names)));
    }
    if (channels.rank() < 3) {
      throw new IllegalArgumentException(
          "gradCam: layer '%s' has no channels in places: output %s"
              .formatted(layer, channels.spec()));
    }
  }
}
