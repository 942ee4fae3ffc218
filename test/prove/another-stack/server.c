/* An OPC UA server made with open62541, for trying the node's client against another stack than its own:
 * server PORT CERTIFICATE.der KEY.der TRUSTED.der USER PASSWORD. Prints "listening" when it serves.
 * Its nodes lie in /Objects/1:Machine: State and Count (a new value every 50 ms), GateCommand (writable). */
#include <open62541/plugin/accesscontrol_default.h>
#include <open62541/plugin/log_stdout.h>
#include <open62541/server.h>
#include <open62541/server_config_default.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define APPLICATION_URI "urn:lehr:test:open62541"
#define CHANGE_MS 50

static volatile UA_Boolean isRunning = true;
static UA_UInt32 count = 0;

static void stop(int signal) {
    (void)signal;
    isRunning = false;
}

static UA_ByteString readFile(const char *path) {
    UA_ByteString bytes = UA_BYTESTRING_NULL;
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    UA_ByteString_allocBuffer(&bytes, (size_t)ftell(file));
    rewind(file);
    if (fread(bytes.data, 1, bytes.length, file) != bytes.length) exit(1);
    fclose(file);
    return bytes;
}

static void addVariable(UA_Server *server, UA_NodeId parent, char *name, void *value, const UA_DataType *type, UA_Byte access) {
    UA_VariableAttributes attributes = UA_VariableAttributes_default;
    UA_Variant_setScalar(&attributes.value, value, type);
    attributes.dataType = type->typeId;
    attributes.accessLevel = access;
    UA_Server_addVariableNode(server, UA_NODEID_STRING(1, name), parent, UA_NODEID_NUMERIC(0, UA_NS0ID_HASCOMPONENT),
                              UA_QUALIFIEDNAME(1, name), UA_NODEID_NUMERIC(0, UA_NS0ID_BASEDATAVARIABLETYPE), attributes,
                              NULL, NULL);
}

static void writeNow(UA_Server *server, char *name, void *value, const UA_DataType *type) {
    UA_DataValue stamped;
    UA_DataValue_init(&stamped);
    UA_Variant_setScalar(&stamped.value, value, type);
    stamped.hasValue = true;
    stamped.sourceTimestamp = UA_DateTime_now();
    stamped.hasSourceTimestamp = true;
    UA_Server_writeDataValue(server, UA_NODEID_STRING(1, name), stamped);
}

static void change(UA_Server *server, void *data) {
    (void)data;
    count++;
    char text[20];
    snprintf(text, sizeof text, "State %u", count);
    UA_String state = UA_STRING(text);
    writeNow(server, "State", &state, &UA_TYPES[UA_TYPES_STRING]);
    writeNow(server, "Count", &count, &UA_TYPES[UA_TYPES_UINT32]);
}

int main(int argc, char **argv) {
    if (argc != 7) return 2;
    signal(SIGTERM, stop);
    UA_ByteString certificate = readFile(argv[2]);
    UA_ByteString key = readFile(argv[3]);
    UA_ByteString trusted = readFile(argv[4]);

    UA_ServerConfig config = {0};
    config.logging = UA_Log_Stdout_new(UA_LOGLEVEL_ERROR);
    UA_StatusCode status = UA_ServerConfig_setDefaultWithSecurityPolicies(&config, (UA_UInt16)atoi(argv[1]), &certificate, &key,
                                                                          &trusted, 1, NULL, 0, NULL, 0);
    if (status != UA_STATUSCODE_GOOD) return 1;
    UA_String_clear(&config.applicationDescription.applicationUri);
    config.applicationDescription.applicationUri = UA_STRING_ALLOC(APPLICATION_URI);
    for (size_t i = 0; i < config.endpointsSize; i++) {
        UA_String_clear(&config.endpoints[i].server.applicationUri);
        config.endpoints[i].server.applicationUri = UA_STRING_ALLOC(APPLICATION_URI);
    }
    UA_UsernamePasswordLogin login = {UA_STRING(argv[5]), UA_STRING(argv[6])};
    UA_AccessControl_default(&config, true, NULL, 1, &login);
    config.samplingIntervalLimits.min = 5;
    config.publishingIntervalLimits.min = 5;

    UA_Server *server = UA_Server_newWithConfig(&config);
    if (!server) return 1;
    UA_NodeId machine;
    UA_ObjectAttributes attributes = UA_ObjectAttributes_default;
    UA_Server_addObjectNode(server, UA_NODEID_STRING(1, "Machine"), UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER),
                            UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES), UA_QUALIFIEDNAME(1, "Machine"),
                            UA_NODEID_NUMERIC(0, UA_NS0ID_BASEOBJECTTYPE), attributes, NULL, &machine);
    UA_String state = UA_STRING("State 0");
    UA_Boolean isClosed = false;
    UA_Byte both = UA_ACCESSLEVELMASK_READ | UA_ACCESSLEVELMASK_WRITE;
    addVariable(server, machine, "State", &state, &UA_TYPES[UA_TYPES_STRING], UA_ACCESSLEVELMASK_READ);
    addVariable(server, machine, "Count", &count, &UA_TYPES[UA_TYPES_UINT32], UA_ACCESSLEVELMASK_READ);
    addVariable(server, machine, "GateCommand", &isClosed, &UA_TYPES[UA_TYPES_BOOLEAN], both);
    UA_Server_addRepeatedCallback(server, change, NULL, CHANGE_MS, NULL);

    if (UA_Server_run_startup(server) != UA_STATUSCODE_GOOD) return 1;
    printf("listening\n");
    fflush(stdout);
    while (isRunning) UA_Server_run_iterate(server, true);
    UA_Server_run_shutdown(server);
    UA_Server_delete(server);
    return 0;
}
