package dev.lanewise.bench.peers.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.bench.parity.Side;
import dev.lanewise.bench.parity.Task;
import dev.lanewise.bench.parity.Values;
import java.util.Map;

/** PyTorch's native CPU library as the other side, driven through DJL's arrays. */
public final class PyTorchSide implements Side {
  @Override
  public String name() {
    return "PyTorch " + Engine.getEngine("PyTorch").getVersion();
  }

  @Override
  public Training begin(Task task, Map<String, Values> start) {
    // The engine loads the library that the call below needs. One thread sums in one order.
    Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(1);
    NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    return new TorchTraining(task, start, manager);
  }
}
