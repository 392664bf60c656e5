/** Ready models and the command line. */
module dev.lanewise.models {
  requires transitive dev.lanewise.nn;
  requires transitive java.desktop;
  requires jdk.management;
  requires HdrHistogram;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires xchart;

  exports dev.lanewise.models.cli;
  exports dev.lanewise.models.data;
  exports dev.lanewise.models.report;
  exports dev.lanewise.models.zoo;

  opens dev.lanewise.models.cli to
      info.picocli;
}
