using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Programs;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Programs with random damage: whatever is wrong, it is a finding or an error of the format, and never anything else.</summary>
public sealed class DamagedProgramTests
{
    private const int Rounds = 16;

    [Theory]
    [InlineData("mil_ops")]
    [InlineData("torch_ops")]
    [InlineData("single_ops")]
    public void Check_DamagedProgram_IsRefusedInOrder(string archive)
    {
        string[] types = OperationForms.All.Select(form => form.Type).ToArray();
        var escaped = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (RunCase one in RunFixtures.Cases(archive, programs: true).Where((_, index) => index % 4 == 0))
        {
            using ModelFile file = ModelFile.Open(one.Package());
            for (int round = 0; round < Rounds; round++)
            {
                var random = new Random(++number);
                Model model = file.TakeSpecification();
                string damage = Damage(model, random, types);
                Exception? exception = Record.Exception(() => { OnnxTranslator.Try(file, model, new TranslationOptions(), default); });
                if (exception is not (null or CoreMLFormatException))
                {
                    escaped.TryAdd(exception.GetType() + exception.StackTrace!.Split('\n')[0], $"{one.Number}, {damage}: {exception}");
                }
            }
        }

        Assert.True(escaped.Count == 0, string.Join(Environment.NewLine, escaped.Values));
    }

    private static string Damage(Model model, Random random, string[] types)
    {
        List<Operation> operations = All(model.MlProgram.Functions.Values.SelectMany(function => function.BlockSpecializations.Values)).ToList();
        Operation operation = operations[random.Next(operations.Count)];
        Operation other = operations[random.Next(operations.Count)];
        switch (random.Next(6))
        {
            case 0:
                operation.Type = types[random.Next(types.Length)];
                return $"type {operation.Type}";
            case 1 when operation.InputEntries.Count > 0:
                InputEntry lost = operation.InputEntries[random.Next(operation.InputEntries.Count)];
                operation.InputEntries.Remove(lost);
                return $"{operation.Type} without {lost.Key}";
            case 2 when operation.InputEntries.Count > 0 && other.Outputs.Count > 0:
                InputEntry entry = operation.InputEntries[random.Next(operation.InputEntries.Count)];
                entry.Value = new Argument { Arguments = { new Argument.Types.Binding { Name = other.Outputs[0].Name } } };
                return $"{operation.Type}.{entry.Key} of {other.Type}";
            case 3 when operation.Attributes.TryGetValue("val", out Value? value) && value.ImmediateValue?.Tensor?.Ints is { Values.Count: > 0 } ints:
                ints.Values[random.Next(ints.Values.Count)] = new[] { 0, -1, -7, 3, 9, int.MaxValue, int.MinValue }[random.Next(7)];
                return $"value of {operation.Outputs[0].Name}";
            case 4 when operation.Outputs.Count > 0 && operation.Outputs[0].Type?.TensorType is { Dimensions.Count: > 0 } tensor:
                tensor.Dimensions.RemoveAt(random.Next(tensor.Dimensions.Count));
                return $"rank of {operation.Outputs[0].Name}";
            case 5 when operation.InputEntries.Count > 0:
                operation.InputEntries[0].Value.Arguments.Clear();
                return $"{operation.Type} with an empty argument";
            default:
                operation.Outputs.Clear();
                return $"{operation.Type} without outputs";
        }
    }

    private static IEnumerable<Operation> All(IEnumerable<Block> blocks) =>
        blocks.SelectMany(block => block.Operations.SelectMany(operation => All(operation.Blocks).Prepend(operation)));
}
