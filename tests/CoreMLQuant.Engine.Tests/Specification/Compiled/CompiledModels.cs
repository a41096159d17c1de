using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Text;
using Google.Protobuf;

namespace CoreMLQuant.Tests.Specification.Compiled;

/// <summary>Makes compiled models of packages, laid out as public ones are.</summary>
internal static class CompiledModels
{
    private const string Specification = "Data/com.apple.CoreML/model.mlmodel";

    /// <summary>Compiles a package.</summary>
    /// <param name="package">Path of the package.</param>
    /// <param name="destination">Path of the .mlmodelc folder.</param>
    /// <param name="edit">What is done to the model before.</param>
    public static string Compile(string package, string destination, Action<Model>? edit = null)
    {
        Model model = Model.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(package, Specification)));
        edit?.Invoke(model);
        Write(model, destination, Path.Combine(package, "Data", "com.apple.CoreML"));
        return destination;
    }

    /// <summary>Writes coremldata.bin: a header, the names, the version and the description between zeros, and the end.</summary>
    public static byte[] Data(uint type, uint form, string names, int version, ModelDescription description)
    {
        byte[] message = description.ToByteArray();
        return
        [
            .. Header(type, form, names),
            .. BitConverter.GetBytes((ulong)version), .. new byte[24],
            .. BitConverter.GetBytes((ulong)message.Length), .. message,
            .. BitConverter.GetBytes(type), .. new byte[12],
        ];
    }

    private static void Write(Model model, string folder, string weights)
    {
        Directory.CreateDirectory(folder);
        if (model.TypeCase == Model.TypeOneofCase.MlProgram)
        {
            var text = new StringWriter();
            ProgramWriter.Write(LocalReferences(model.MlProgram, folder, weights), new DetachedPayloads(), text);
            File.WriteAllText(Path.Combine(folder, "model.mil"), text.ToString());
            WriteData(folder, Data(502, 5, "generic", model.SpecificationVersion, model.Description));
        }
        else if (PipelineStages.PipelineOf(model) is { } pipeline)
        {
            string names = string.Concat(pipeline.Models.Select((stage, index) => $"generic.model{index}v{(stage.TypeCase == Model.TypeOneofCase.MlProgram ? 5 : 1)}.0.0"));
            WriteData(folder, Data((uint)model.TypeCase, 1, names + "spec", model.SpecificationVersion, model.Description));
            for (int i = 0; i < pipeline.Models.Count; i++)
            {
                Write(pipeline.Models[i], Path.Combine(folder, $"model{i}"), weights);
            }
        }
        else
        {
            byte[] message = model.ToByteArray();
            uint type = (uint)model.TypeCase;
            WriteData(folder, [.. Header(type, 1, "generic.model1v1.0.0spec"), .. BitConverter.GetBytes((ulong)message.Length), .. message, .. BitConverter.GetBytes(type), .. new byte[12]]);
        }

        File.WriteAllText(Path.Combine(folder, "metadata.json"), JsonSerializer.Serialize(new[]
        {
            new
            {
                specificationVersion = model.SpecificationVersion,
                inputSchema = model.Description.Input.Select(feature => new { name = feature.Name }).ToArray(),
                outputSchema = model.Description.Output.Select(feature => new { name = feature.Name }).ToArray(),
            },
        }));
    }

    // Each stage has its weights in a folder of its own.
    private static Program LocalReferences(Program program, string folder, string weights)
    {
        Program local = program.Clone();
        foreach (Value value in MilValues.BlobReferences(new Model { MlProgram = local }))
        {
            string name = Path.GetFileName(value.BlobFileValue.FileName);
            TestFiles.Copy(Path.Combine(weights, "weights", name), Path.Combine(folder, "weights", "weight.bin"));
            value.BlobFileValue.FileName = "@model_path/weights/weight.bin";
        }

        return local;
    }

    private static void WriteData(string folder, byte[] data)
    {
        File.WriteAllBytes(Path.Combine(folder, "coremldata.bin"), data);
        Directory.CreateDirectory(Path.Combine(folder, "analytics"));
        File.WriteAllBytes(Path.Combine(folder, "analytics", "coremldata.bin"), [1, 2, 3]);
    }

    private static IEnumerable<byte> Header(uint type, uint form, string names) =>
        [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(form), .. new byte[20], .. BitConverter.GetBytes((ulong)names.Length), .. Encoding.ASCII.GetBytes(names)];
}
