using System;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>The damaged model of a case: the same number gives the same model on every machine.</summary>
internal static class DamagedModel
{
    /// <summary>Writes a case's model into a folder.</summary>
    /// <param name="number">Number of the case.</param>
    /// <param name="folder">Full path of the folder.</param>
    /// <returns>Full path of the model.</returns>
    public static string Write(int number, string folder)
    {
        var random = new Random(number);
        ModelSeed seed = ModelSeed.All[random.Next(ModelSeed.All.Count)];
        var files = seed.Files.ToDictionary(file => file.Key, file => file.Value);

        // Bytes seldom get beyond the reader, messages often do.
        if (random.Next(5) == 0)
        {
            string damaged = files.Keys.OrderBy(name => name, StringComparer.Ordinal).ElementAt(random.Next(files.Count));
            files[damaged] = ByteDamage.Apply(files[damaged], random);
        }
        else
        {
            Model model = Model.Parser.ParseFrom(files[seed.Specification]);
            MessageDamage.Apply(model, random);
            files[seed.Specification] = model.ToByteArray();
        }

        string path = System.IO.Path.Combine(folder, "m" + System.IO.Path.GetExtension(seed.Name));
        ModelSeed.Write(path, files);
        return path;
    }
}
