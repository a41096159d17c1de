using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace CoreMLQuant.Runtime.Tests;

public class Probe(ITestOutputHelper output)
{
    [Fact]
    public void Nets()
    {
        foreach (string folder in Directory.GetDirectories("/work/shared/run/nets").Order())
        {
            string model = Directory.Exists(folder + "/model.mlpackage") ? folder + "/model.mlpackage" : folder + "/model.mlmodel";
            try
            {
                using IRunnableModel m = Repository.Runtime.Open(model, new RunSettings());
                var expected = Repository.Runtime.ReadArrays(folder + "/outputs.npz");
                foreach (RunSample s in Repository.Runtime.ReadSamples(folder + "/inputs.npz", m.Features))
                {
                    ModelRun r = m.Run(s);
                    foreach (string name in r.Outputs.Keys)
                    {
                        if (!expected.TryGetValue(name, out var e)) { output.WriteLine($"{Path.GetFileName(folder)} {name}: {r.Outputs[name]} not expected ({string.Join(",", expected.Keys)})"); continue; }
                        if (r.Outputs[name] is not MultiArray a) { output.WriteLine($"{Path.GetFileName(folder)} {name}: {r.Outputs[name]} / {e}"); continue; }
                        double sig = 0, noise = 0;
                        for (int i = 0; i < a.Values.Length; i++) { double x = Convert.ToDouble(e.Values.GetValue(i)), y = Convert.ToDouble(a.Values.GetValue(i)); sig += x * x; noise += (x - y) * (x - y); }
                        output.WriteLine($"{Path.GetFileName(folder)} {name}: {10 * Math.Log10(sig / noise):0.0} dB {r.Elapsed.TotalMilliseconds:0.0} ms");
                    }
                }
            }
            catch (Exception ex) { output.WriteLine($"{Path.GetFileName(folder)}: {ex.GetType().Name} {ex.Message}"[..Math.Min(300, $"{Path.GetFileName(folder)}: {ex.GetType().Name} {ex.Message}".Length)]); }
        }
    }
}
