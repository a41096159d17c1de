using System;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Models from elsewhere: every package in the folder that the environment variable COREMLQUANT_MODELS names loads, or says why it cannot.</summary>
public sealed class ModelFolderTests
{
    [Fact]
    public void Translate_ModelsOfFolder_LoadInSession()
    {
        string? folder = Environment.GetEnvironmentVariable("COREMLQUANT_MODELS");
        var failures = (folder is null ? [] : ModelFolder.FindModels(folder, recurse: true, (_, _) => { }))
            .Select(path => (path, problem: Problem(path))).Where(pair => pair.problem is not null).ToList();

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures.Select(pair => pair.path + ": " + pair.problem)));
    }

    // What cannot even be opened is another test's matter.
    private static string? Problem(string path)
    {
        try
        {
            using ModelFile file = ModelFile.Open(path);
            using OnnxSession? session = file.Specification.MlProgram is null ? null : new OnnxSession(OnnxTranslator.Translate(file));
            return null;
        }
        catch (CoreMLFormatException)
        {
            return null;
        }
        catch (Exception exception) when (exception is NotRunnableException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            return exception.Message;
        }
    }
}
