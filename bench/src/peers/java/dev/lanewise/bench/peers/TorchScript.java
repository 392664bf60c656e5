package dev.lanewise.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A function in TorchScript, for operators of PyTorch that DJL has no call for. It is written as an
 * archive in the form of {@code torch.jit.save}, of a module without parameters, and loaded.
 */
final class TorchScript {
  private final PtNDManager manager;
  private final Block module;
  private final ParameterStore none;

  /**
   * Loads a function of tensors.
   *
   * @param parameters names, separated by commas
   * @param body an expression of them
   */
  TorchScript(String parameters, String body) {
    manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
    module = module(archive(parameters, body));
    none = new ParameterStore(manager, false);
  }

  /** The function's value, with a gradient. */
  NDArray call(NDArray... operands) {
    return module.forward(none, new NDList(operands), true).singletonOrThrow();
  }

  private Block module(byte[] archive) {
    try {
      return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] archive(String parameters, String body) {
    StringBuilder code =
        new StringBuilder(
            """
            class Function(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Function\
            """);
    for (String name : parameters.split(",", -1)) {
      code.append(",\n    ").append(name.strip()).append(": Tensor");
    }
    code.append(") -> Tensor:\n    return ").append(body).append('\n');
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
        entry(zip, "data.pkl", pickled());
        entry(zip, "code/__torch__.py", code.toString().getBytes(StandardCharsets.UTF_8));
        entry(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
        entry(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A pickled object of the class with its only attribute. */
  private static byte[] pickled() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write("c__torch__\nFunction\n".getBytes(StandardCharsets.UTF_8));
    pickle.write(new byte[] {')', (byte) 0x81, '}', '('});
    byte[] name = "training".getBytes(StandardCharsets.UTF_8);
    pickle.write(new byte[] {'X', (byte) name.length, 0, 0, 0});
    pickle.write(name);
    pickle.write(new byte[] {(byte) 0x88, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry("function/" + name);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
